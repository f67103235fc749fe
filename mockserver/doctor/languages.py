"""How a request is signed in the languages of Kraken's clients, and the words of User-Agents that give them away.

``spot`` and ``futures`` are seven lines, one for each step, which in order sign a request. They find the secret, the
URL, the parameters (where a language has no easy encoder of forms, one as an example) and the headers in variables.
"""

import msgspec

from mockserver.doctor.mistakes import Step


class Language(msgspec.Struct, frozen=True, kw_only=True):
    words: frozenset[str]
    """In lower case; names of HTTP libraries, most of them."""
    spot: str
    futures: str


class Library(msgspec.Struct, frozen=True, kw_only=True):
    """One that signs by itself: ``lines`` is how it is to be used, by world and the step that went wrong."""

    name: str
    language: str
    lines: dict[tuple[str, Step], str]


LANGUAGES = {
    "python": Language(
        words=frozenset({"python", "aiohttp", "httpx", "pycurl", "niquests", "httpie", "tornado", "scrapy"}),
        spot=r"""
key = base64.b64decode(api_secret)
nonce = str(time.time_ns() // 1_000_000)  # made once: it goes into the data and before it
path = urllib.parse.urlsplit(url).path
post_data = urllib.parse.urlencode({"nonce": nonce, **params})  # sign this text and send it as body
digest = hashlib.sha256((nonce + post_data).encode()).digest()
mac = hmac.digest(key, path.encode() + digest, "sha512")
headers["API-Sign"] = base64.b64encode(mac).decode()
""",
        futures=r"""
key = base64.b64decode(api_secret)
nonce = headers["Nonce"] = str(time.time_ns() // 1_000_000)
path = urllib.parse.urlsplit(url).path.removeprefix("/derivatives")
post_data = urllib.parse.urlencode(params)  # sign this text and send it: f"{url}?{post_data}"
digest = hashlib.sha256((post_data + nonce + path).encode()).digest()
mac = hmac.digest(key, digest, "sha512")
headers["Authent"] = base64.b64encode(mac).decode()
""",
    ),
    "javascript": Language(
        words=frozenset(
            {"javascript", "node", "node.js", "undici", "axios", "got", "superagent", "needle", "deno", "bun"}
        ),
        spot=r"""
const key = Buffer.from(apiSecret, 'base64')
const nonce = String(Date.now()) // made once: it goes into the data and before it
const path = new URL(url).pathname
const postData = new URLSearchParams({ nonce, ...params }).toString() // sign this text and send it as body
const digest = crypto.createHash('sha256').update(nonce + postData).digest()
const mac = crypto.createHmac('sha512', key).update(path).update(digest).digest()
headers['API-Sign'] = mac.toString('base64')
""",
        futures=r"""
const key = Buffer.from(apiSecret, 'base64')
const nonce = headers.Nonce = String(Date.now())
const path = new URL(url).pathname.replace(/^\/derivatives/, '')
const postData = new URLSearchParams(params).toString() // sign this text and send it: `${url}?${postData}`
const digest = crypto.createHash('sha256').update(postData + nonce + path).digest()
const mac = crypto.createHmac('sha512', key).update(digest).digest()
headers.Authent = mac.toString('base64')
""",
    ),
    "go": Language(
        words=frozenset({"go", "golang", "resty", "fasthttp"}),
        spot=r"""
key, err := base64.StdEncoding.DecodeString(apiSecret)
nonce := strconv.FormatInt(time.Now().UnixMilli(), 10) // made once: it goes into the data and before it
path := endpoint.Path
params.Set("nonce", nonce); postData := params.Encode() // sign this text and send it as body
digest := sha256.Sum256([]byte(nonce + postData))
mac := hmac.New(sha512.New, key); mac.Write([]byte(path)); mac.Write(digest[:])
request.Header.Set("API-Sign", base64.StdEncoding.EncodeToString(mac.Sum(nil)))
""",
        futures=r"""
key, err := base64.StdEncoding.DecodeString(apiSecret)
nonce := strconv.FormatInt(time.Now().UnixMilli(), 10); request.Header.Set("Nonce", nonce)
path := strings.TrimPrefix(endpoint.Path, "/derivatives")
postData := params.Encode(); request.URL.RawQuery = postData // sign and send this text
digest := sha256.Sum256([]byte(postData + nonce + path))
mac := hmac.New(sha512.New, key); mac.Write(digest[:])
request.Header.Set("Authent", base64.StdEncoding.EncodeToString(mac.Sum(nil)))
""",
    ),
    "java": Language(
        words=frozenset({"java", "okhttp", "apache", "dalvik", "jetty", "reactornetty", "jersey", "ktor"}),
        spot=r"""
var key = new SecretKeySpec(Base64.getDecoder().decode(apiSecret), "HmacSHA512");
String nonce = String.valueOf(System.currentTimeMillis()); // made once: it goes into the data and before it
String path = URI.create(url).getPath();
String postData = "nonce=" + nonce + "&asset=" + URLEncoder.encode(asset, UTF_8); // sign and send this text
byte[] digest = MessageDigest.getInstance("SHA-256").digest((nonce + postData).getBytes(UTF_8));
Mac mac = Mac.getInstance("HmacSHA512"); mac.init(key); mac.update(path.getBytes(UTF_8)); mac.update(digest);
request.header("API-Sign", Base64.getEncoder().encodeToString(mac.doFinal()));
""",
        futures=r"""
var key = new SecretKeySpec(Base64.getDecoder().decode(apiSecret), "HmacSHA512");
String nonce = String.valueOf(System.currentTimeMillis()); request.header("Nonce", nonce);
String path = URI.create(url).getPath().replaceFirst("^/derivatives", "");
String postData = "symbol=" + URLEncoder.encode(symbol, UTF_8); // sign and send this text, behind "?"
byte[] digest = MessageDigest.getInstance("SHA-256").digest((postData + nonce + path).getBytes(UTF_8));
Mac mac = Mac.getInstance("HmacSHA512"); mac.init(key); mac.update(digest);
request.header("Authent", Base64.getEncoder().encodeToString(mac.doFinal()));
""",
    ),
    "ruby": Language(
        words=frozenset({"ruby", "faraday", "http.rb", "typhoeus", "excon"}),
        spot=r"""
key = Base64.strict_decode64(api_secret)
nonce = Time.now.strftime("%s%L") # made once: it goes into the data and before it
path = URI(url).path
post_data = URI.encode_www_form({ nonce: nonce, **params }) # sign this text and send it as body
digest = Digest::SHA256.digest(nonce + post_data)
mac = OpenSSL::HMAC.digest("SHA512", key, path + digest)
headers["API-Sign"] = Base64.strict_encode64(mac)
""",
        futures=r"""
key = Base64.strict_decode64(api_secret)
nonce = headers["Nonce"] = Time.now.strftime("%s%L")
path = URI(url).path.delete_prefix("/derivatives")
post_data = URI.encode_www_form(params) # sign this text and send it: "#{url}?#{post_data}"
digest = Digest::SHA256.digest(post_data + nonce + path)
mac = OpenSSL::HMAC.digest("SHA512", key, digest)
headers["Authent"] = Base64.strict_encode64(mac)
""",
    ),
    "php": Language(
        words=frozenset({"php", "guzzlehttp", "symfony"}),
        spot=r"""
$key = base64_decode($apiSecret, true);
$nonce = date_create()->format('Uv'); // made once: it goes into the data and before it
$path = parse_url($url, PHP_URL_PATH);
$postData = http_build_query(['nonce' => $nonce] + $params); // sign this text and send it as body
$digest = hash('sha256', $nonce . $postData, true);
$mac = hash_hmac('sha512', $path . $digest, $key, true);
$headers['API-Sign'] = base64_encode($mac);
""",
        futures=r"""
$key = base64_decode($apiSecret, true);
$nonce = $headers['Nonce'] = date_create()->format('Uv');
$path = preg_replace('~^/derivatives~', '', parse_url($url, PHP_URL_PATH));
$postData = http_build_query($params); // sign this text and send it: "$url?$postData"
$digest = hash('sha256', $postData . $nonce . $path, true);
$mac = hash_hmac('sha512', $digest, $key, true);
$headers['Authent'] = base64_encode($mac);
""",
    ),
    "csharp": Language(
        words=frozenset({"restsharp", "dotnet", ".net"}),
        spot=r"""
byte[] key = Convert.FromBase64String(apiSecret);
string nonce = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds().ToString(); // made once, for data and SHA-256
string path = new Uri(url).AbsolutePath;
string postData = $"nonce={nonce}&asset={Uri.EscapeDataString(asset)}"; // sign and send this text
byte[] digest = SHA256.Create().ComputeHash(Encoding.UTF8.GetBytes(nonce + postData));
byte[] mac = new HMACSHA512(key).ComputeHash(Encoding.UTF8.GetBytes(path).Concat(digest).ToArray());
request.Headers.Add("API-Sign", Convert.ToBase64String(mac));
""",
        futures=r"""
byte[] key = Convert.FromBase64String(apiSecret);
string nonce = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds().ToString(); request.Headers.Add("Nonce", nonce);
string path = Regex.Replace(new Uri(url).AbsolutePath, "^/derivatives", "");
string postData = $"symbol={Uri.EscapeDataString(symbol)}"; // sign and send this text, behind "?"
byte[] digest = SHA256.Create().ComputeHash(Encoding.UTF8.GetBytes(postData + nonce + path));
byte[] mac = new HMACSHA512(key).ComputeHash(digest);
request.Headers.Add("Authent", Convert.ToBase64String(mac));
""",
    ),
    "rust": Language(
        words=frozenset({"rust", "reqwest", "ureq", "hyper"}),
        spot=r"""
let key = BASE64_STANDARD.decode(api_secret)?;
let nonce = SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis().to_string(); // made once
let path = Url::parse(url)?.path().to_owned();
let post_data = Serializer::new(format!("nonce={nonce}")).extend_pairs(params).finish(); // sign and send this
let digest = Sha256::digest(format!("{nonce}{post_data}"));
let mac = Hmac::<Sha512>::new_from_slice(&key)?.chain_update(path).chain_update(digest).finalize();
headers.insert("API-Sign", BASE64_STANDARD.encode(mac.into_bytes()).parse()?);
""",
        futures=r"""
let key = BASE64_STANDARD.decode(api_secret)?;
let nonce = SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis().to_string(); // also the header Nonce
let path = Url::parse(url)?.path().trim_start_matches("/derivatives").to_owned();
let post_data = Serializer::new(String::new()).extend_pairs(params).finish(); // sign and send it, after "?"
let digest = Sha256::digest(format!("{post_data}{nonce}{path}"));
let mac = Hmac::<Sha512>::new_from_slice(&key)?.chain_update(digest).finalize();
headers.insert("Authent", BASE64_STANDARD.encode(mac.into_bytes()).parse()?);
""",
    ),
    "shell": Language(
        words=frozenset({"curl", "wget", "xh"}),
        spot=r"""
key=$(printf %s "$api_secret" | openssl base64 -d -A | od -An -v -tx1 | tr -d ' \n')
nonce=$(date +%s%3N)  # of GNU; made once: it goes into the data and before it
path=$(printf %s "$url" | sed -E 's#^[a-z]+://[^/]+##; s#\?.*##')
post_data="nonce=$nonce&asset=$asset"  # sign this text and send it: curl --data-raw "$post_data"
digest() { printf %s "$nonce$post_data" | openssl dgst -sha256 -binary; }
mac() { { printf %s "$path"; digest; } | openssl dgst -sha512 -mac HMAC -macopt "hexkey:$key" -binary; }
header="API-Sign: $(mac | openssl base64 -A)"
""",
        futures=r"""
key=$(printf %s "$api_secret" | openssl base64 -d -A | od -An -v -tx1 | tr -d ' \n')
nonce=$(date +%s%3N)  # of GNU; made once: sign this text and send it: curl -H "Nonce: $nonce"
path=$(printf %s "$url" | sed -E 's#^[a-z]+://[^/]+(/derivatives)?##; s#\?.*##')
post_data="symbol=$symbol"  # sign this text and send it: curl "$url?$post_data"
digest() { printf %s "$post_data$nonce$path" | openssl dgst -sha256 -binary; }
mac() { digest | openssl dgst -sha512 -mac HMAC -macopt "hexkey:$key" -binary; }
header="Authent: $(mac | openssl base64 -A)"
""",
    ),
}
UNKNOWN = Language(
    words=frozenset(),
    spot=r"""
key = base64_decode(secret)
nonce = text(unix time in milliseconds), made once
path = "/0/private/...", as in the URL
postData = "nonce=" + nonce + "&...", this text is sent
digest = SHA256(nonce + postData), its 32 bytes
mac = HMAC_SHA512(key, path + digest), its 64 bytes
API-Sign = base64_encode(mac)
""",
    futures=r"""
key = base64_decode(secret)
nonce = text(unix time in milliseconds), made once; Nonce = nonce
path = "/api/v3/...", as in the URL behind /derivatives
postData = "symbol=...", this text is sent: the query, or the body; "" without parameters
digest = SHA256(postData + nonce + path), its 32 bytes
mac = HMAC_SHA512(key, digest), its 64 bytes
Authent = base64_encode(mac)
""",
)
"""The formula."""

LIBRARIES = {
    "krakenex/": Library(
        name="krakenex",
        language="python",
        lines={
            ("spot", Step.SECRET): "kraken = krakenex.API(key=api_key, secret=api_secret)",
            ("spot", Step.DATA): "data = {name: value for name, value in data.items() if value is not None}",
        },
    ),
    "python-kraken-sdk": Library(
        name="python-kraken-sdk",
        language="python",
        lines={
            ("spot", Step.SECRET): "user = kraken.spot.User(key=api_key, secret=api_secret)",
            ("futures", Step.SECRET): "user = kraken.futures.User(key=api_key, secret=api_secret)",
        },
    ),
    "Kraken Javascript API Client": Library(
        name="kraken-api",
        language="javascript",
        lines={("spot", Step.SECRET): "const kraken = new KrakenClient(apiKey, apiSecret)"},
    ),
    "Chrome/62.0.3202.94": Library(
        name="ccxt",
        language="javascript",
        lines={
            ("spot", Step.SECRET): "const kraken = new ccxt.kraken({ apiKey, secret: apiSecret })",
            ("futures", Step.SECRET): "const kraken = new ccxt.krakenfutures({ apiKey, secret: apiSecret })",
        },
    ),
}
"""By a part of its User-Agent; ccxt's own in Node is that of a Chrome of 2017."""
