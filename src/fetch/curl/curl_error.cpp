#include "fetch/curl/curl_error.h"

namespace crawl {

ErrorKind error_kind(CURLcode code, const Progress& progress) {
  switch (code) {
    case CURLE_OK:
      return ErrorKind::kNone;
    case CURLE_URL_MALFORMAT:
      return ErrorKind::kInvalidUrl;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
      return ErrorKind::kDns;
    case CURLE_COULDNT_CONNECT:
    case CURLE_INTERFACE_FAILED:
    case CURLE_PROXY:
      return ErrorKind::kConnect;
    case CURLE_OPERATION_TIMEDOUT:
      return ErrorKind::kTimeout;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ENGINE_NOTFOUND:
    case CURLE_SSL_ENGINE_SETFAILED:
    case CURLE_SSL_ENGINE_INITFAILED:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_USE_SSL_FAILED:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_SHUTDOWN_FAILED:
    case CURLE_SSL_CRL_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_SSL_CLIENTCERT:
      return ErrorKind::kTls;
    // An HTTP/0.9 answer: other protocols never get as far as libcurl.
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_HTTP2:
      return ErrorKind::kProtocol;
    case CURLE_OUT_OF_MEMORY:
      // Its word for a header line too long for its buffer, too.
      return progress.headers_done ? ErrorKind::kInternal
                                   : ErrorKind::kProtocol;
    case CURLE_RECV_ERROR:
      // Chunked framing that breaks its rules, or a connection that breaks.
      // Under TLS the error number is not passed on: what is left of chunks
      // cannot be told from a reset there.
      return progress.headers_done && progress.chunked && !progress.tls &&
                     progress.os_errno == 0
                 ? ErrorKind::kProtocol
                 : ErrorKind::kClosed;
    case CURLE_PARTIAL_FILE:
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_HTTP2_STREAM:
      return ErrorKind::kClosed;
    case CURLE_BAD_CONTENT_ENCODING:
    case CURLE_WRITE_ERROR:  // from a decoder: our own ends have their reasons
      return ErrorKind::kDecode;
    default:
      return ErrorKind::kInternal;
  }
}

}  // namespace crawl
