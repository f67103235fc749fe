"""What the errors of requests mean, which its users let through."""

from requests import exceptions

KINDS = {
    exceptions.Timeout: "timeout",
    exceptions.ConnectionError: "network",
    exceptions.ChunkedEncodingError: "network",
    exceptions.JSONDecodeError: "payload",
}
