#!/bin/sh
# The guide's example in plain shell: curl and openssl are the client, this is its driver. Spot alone, one call at a time.
# It takes what it reads for what the harness writes: one object a line, ": " after a name, ", " after a value.

text() { # the value of the text $1 in the line
  printf %s "$line" | sed -n "s/.*\"$1\": \"\([^\"]*\)\".*/\1/p"
}

number() {
  printf %s "$line" | sed -n "s/.*\"$1\": \([0-9.]*\).*/\1/p"
}

answer_error() { # kind, message
  kind=null
  [ "$1" ] && kind="\"$1\""
  message=$(printf %s "$2" | tr -d '\\"' | tr '[:cntrl:]' ' ')
  printf '{"error": {"id": %s, "class": "sh", "message": "%s", "kind": %s, "retryable": null}}\n' "$id" "$message" "$kind"
}

call() {
  path=/0/private/$(text operation)
  parameters=$(printf %s "$line" | sed 's/.*"parameters": {\([^}]*\)}.*/\1/')
  if ! printf '%s\n' "$parameters" | grep -Eqx '("[a-z_]+": "[A-Za-z0-9._]*"(, )?)*'; then
    answer_error argument "this shell cannot encode $parameters"
    return
  fi
  nonce=$(date +%s%N)
  body="nonce=$nonce$(printf %s "$parameters" | sed 's/"\([^"]*\)": "\([^"]*\)"\(, \)*/\&\1=\2/g')"
  secret=$(text api_secret | openssl base64 -d -A | od -An -v -tx1 | tr -d ' \n')
  signature=$({ printf %s "$path"; printf %s "$nonce$body" | openssl dgst -sha256 -binary; } |
    openssl dgst -sha512 -mac HMAC -macopt "hexkey:$secret" -binary | openssl base64 -A)
  said=$(curl --silent --show-error --fail --max-time "$timeout" --data "$body" \
    --header "API-Key: $(text api_key)" --header "API-Sign: $signature" "$(text spot_url)$path" 2>&1)
  case $? in
    0) ;;
    28) answer_error timeout "$said"; return ;;
    22)
      case $said in
        *429) answer_error rate-limit "$said" ;;
        *) answer_error unavailable "$said" ;;
      esac
      return ;;
    *) answer_error network "$said"; return ;;
  esac
  case $said in
    *EAPI:Invalid?nonce*) answer_error nonce "$said" ;;
    *EAPI:Invalid?key* | *EAPI:Invalid?signature*) answer_error authentication "$said" ;;
    *EGeneral:Permission?denied*) answer_error permission "$said" ;;
    *EAPI:Rate?limit*) answer_error rate-limit "$said" ;;
    *EGeneral:Temporary?lockout*) answer_error lockout "$said" ;;
    *EGeneral:Invalid?arguments* | *EQuery:*) answer_error argument "$said" ;;
    *EService:*) answer_error unavailable "$said" ;;
    *'"error":["E'*) answer_error '' "$said" ;;
    '{"error":['*'],"result":{'*'}'*'}') # a warning is no error; numbers become text; what follows the result is left out
      payload=$(printf %s "$said" | sed -E 's/^.*\],"result":(.*\})[^}]*\}$/\1/; s/":(-?[0-9][0-9.eE+-]*)/":"\1"/g')
      printf '{"result": {"id": %s, "payload": %s, "types": {}}}\n' "$id" "$payload" ;;
    *) answer_error payload "$said" ;;
  esac
}

timeout=10
while IFS= read -r line; do
  case $line in
    '{"hello"'*)
      timeout=$(number timeout)
      : "${timeout:=10}"
      printf '{"hello": {"name": "curl", "version": "%s", "language": "sh", "operations": ["BalanceEx", "TradeBalance"], "features": ["timeout"]}}\n' \
        "$(curl --version | sed -n '1s/curl \([^ ]*\).*/\1/p')" ;;
    *)
      id=$(number id)
      call ;;
  esac
done
