#include "kube/http_exchange.h"

#include <algorithm>
#include <array>

#include "kube/curl_library.h"
#include "kube/kubeconfig.h"

namespace septet::kube {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kMostAnswer = std::size_t{16} << 20;
constexpr long kConnectMs = 5'000;
constexpr int kLookMs = 400;  // how often `stop` and the silence are looked at
constexpr const char* kUserAgent = "septet-agent";

// Once HttpExchange::open() has seen that it can be loaded.
const CurlLibrary& curl() { return **curl_library(); }

struct EasyClose {
  void operator()(CURL* easy) const { curl().curl_easy_cleanup(easy); }
};
struct MultiClose {
  void operator()(CURLM* multi) const { curl().curl_multi_cleanup(multi); }
};
struct ListClose {
  void operator()(curl_slist* list) const { curl().curl_slist_free_all(list); }
};
using Headers = std::unique_ptr<curl_slist, ListClose>;

void add_header(Headers& headers, const std::string& line) {
  curl_slist* const longer = curl().curl_slist_append(headers.get(), line.c_str());
  SEPTET_ASSERT(longer != nullptr);  // out of memory
  (void)headers.release();
  headers.reset(longer);
}

// What arrives while one request runs.
struct Arriving {
  CURL* easy = nullptr;
  const HttpRequest* request = nullptr;
  HttpAnswer answer;
  Clock::time_point heard = Clock::now();
  std::optional<Error> refused;  // why we ended it ourselves
};

bool streams(const Arriving& arriving) {
  if (!arriving.request->on_bytes) return false;
  long status = 0;
  curl().easy_getinfo(arriving.easy, CURLINFO_RESPONSE_CODE, &status);
  return status == 200;
}

std::size_t take_bytes(char* data, std::size_t /*one*/, std::size_t count, void* user) {
  auto& arriving = *static_cast<Arriving*>(user);
  arriving.heard = Clock::now();
  if (streams(arriving)) {
    auto taken = arriving.request->on_bytes({data, count});
    if (!taken) arriving.refused = std::move(taken).error();
  } else if (arriving.answer.body.size() + count > kMostAnswer) {
    arriving.refused = Error{Code::kUnavailable, "an answer of more than 16 MiB", {}, 0, nullptr};
  } else {
    arriving.answer.body.append(data, count);
  }
  return arriving.refused ? CURL_WRITEFUNC_ERROR : count;
}

bool is_silent(const Arriving& arriving) {
  const auto most = arriving.request->silence;
  return most.count() > 0 && Clock::now() - arriving.heard >= most;
}

// A stream that began well may be quiet for ever: that ends it, and is no error.
bool fell_silent(const Arriving& arriving) { return is_silent(arriving) && streams(arriving); }

std::optional<Error> too_late(const Arriving& arriving) {
  const HttpRequest& request = *arriving.request;
  if (request.stop != nullptr && request.stop->load()) {
    return Error{Code::kInterrupted, "stopped", {}, 0, nullptr};
  }
  if (!is_silent(arriving)) return std::nullopt;
  return Error{Code::kUnavailable,
               "nothing was heard for " + std::to_string(request.silence.count()) + " ms",
               {},
               0,
               nullptr};
}

Error curl_error(CURLcode code, const char* details) {
  std::string words = curl().curl_easy_strerror(code);
  if (details != nullptr && *details != '\0') words += std::string(" (") + details + ")";
  return {Code::kUnavailable, std::move(words), {}, 0, nullptr};
}

class CurlExchange final : public HttpExchange {
 public:
  explicit CurlExchange(ApiAccess access) : access_(std::move(access)) {}
  CurlExchange(const CurlExchange&) = delete;
  CurlExchange& operator=(const CurlExchange&) = delete;
  ~CurlExchange() override = default;

  Result<> start();
  Result<HttpAnswer> send(const HttpRequest& request) override;

 private:
  template <typename Value>
  void set(CURLoption option, Value value) {
    // Refused only for what this libcurl was built without: then nothing is asked at all.
    if (curl().easy_setopt(easy_.get(), option, value) != CURLE_OK) unsupported_ = true;
  }
  void set_blob(CURLoption option, const std::string& bytes) {
    // libcurl does not change it; its interface does not say so.
    curl_blob blob{const_cast<char*>(bytes.data()), bytes.size(), CURL_BLOB_NOCOPY};
    set(option, &blob);
  }
  void set_up_tls();
  Result<Headers> headers(const HttpRequest& request) const;
  void set_request(const HttpRequest& request, const std::string& url, Arriving& arriving);
  Result<CURLcode> run(Arriving& arriving);

  ApiAccess access_;
  std::array<char, CURL_ERROR_SIZE> details_{};
  std::unique_ptr<CURL, EasyClose> easy_;
  std::unique_ptr<CURLM, MultiClose> multi_;  // goes first
  bool unsupported_ = false;
};

Result<> CurlExchange::start() {
  static const CURLcode global = curl().curl_global_init(CURL_GLOBAL_DEFAULT);
  easy_.reset(curl().curl_easy_init());
  multi_.reset(curl().curl_multi_init());
  if (global != CURLE_OK || easy_ == nullptr || multi_ == nullptr) {
    return fail(Code::kInternal, "libcurl does not start");
  }
  set(CURLOPT_ERRORBUFFER, details_.data());
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_QUICK_EXIT, 1L);  // a name that does not resolve holds nobody up
  set(CURLOPT_PROTOCOLS_STR, access_.server.starts_with("https:") ? "https" : "http");
  set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_PROXY, "");
  set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  set(CURLOPT_CONNECTTIMEOUT_MS, kConnectMs);
  set(CURLOPT_TCP_KEEPALIVE, 1L);
  set(CURLOPT_USERAGENT, kUserAgent);
  set(CURLOPT_WRITEFUNCTION, &take_bytes);
  set_up_tls();
  if (!unsupported_) return {};
  return fail(Code::kNotSupported,
              "this libcurl lacks what a TLS client needs: " + std::string(curl().curl_version()));
}

void CurlExchange::set_up_tls() {
  set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  set(CURLOPT_SSL_VERIFYPEER, access_.insecure ? 0L : 1L);
  set(CURLOPT_SSL_VERIFYHOST, access_.insecure ? 0L : 2L);
  if (!access_.authority_pem.empty()) {
    set_blob(CURLOPT_CAINFO_BLOB, access_.authority_pem);
  } else if (!access_.authority_file.empty()) {
    set(CURLOPT_CAINFO, access_.authority_file.c_str());
    set(CURLOPT_CAPATH, static_cast<const char*>(nullptr));  // that authority alone
  }
  if (!access_.client_certificate_pem.empty()) {
    set_blob(CURLOPT_SSLCERT_BLOB, access_.client_certificate_pem);
  } else if (!access_.client_certificate_file.empty()) {
    set(CURLOPT_SSLCERT, access_.client_certificate_file.c_str());
  }
  if (!access_.client_key_pem.empty()) {
    set_blob(CURLOPT_SSLKEY_BLOB, access_.client_key_pem);
  } else if (!access_.client_key_file.empty()) {
    set(CURLOPT_SSLKEY, access_.client_key_file.c_str());
  }
}

Result<Headers> CurlExchange::headers(const HttpRequest& request) const {
  Headers headers;
  add_header(headers, "Accept: application/json");
  add_header(headers, "Expect:");  // libcurl would wait for a go-ahead before larger bodies
  if (!request.content_type.empty()) add_header(headers, "Content-Type: " + request.content_type);
  std::string token = access_.token;
  if (!access_.token_file.empty()) token = TRY(read_small_file(access_.token_file));
  const bool odd =
      std::ranges::any_of(token, [](unsigned char c) { return c <= ' ' || c >= 0x7f; });
  if (odd) {
    return fail(Code::kInvalidArgument, "the token for the API server holds blanks or other bytes",
                "check " + (access_.token_file.empty() ? "the kubeconfig" : access_.token_file));
  }
  if (!token.empty()) add_header(headers, "Authorization: Bearer " + token);
  return headers;
}

void CurlExchange::set_request(const HttpRequest& request, const std::string& url,
                               Arriving& arriving) {
  details_.front() = '\0';
  set(CURLOPT_URL, url.c_str());
  set(CURLOPT_TIMEOUT_MS, static_cast<long>(request.total.count()));
  set(CURLOPT_WRITEDATA, &arriving);
  if (request.content_type.empty()) {
    set(CURLOPT_POSTFIELDS, static_cast<const char*>(nullptr));
    set(CURLOPT_HTTPGET, 1L);
  } else {
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    set(CURLOPT_POSTFIELDS, request.body.data());
  }
  set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
}

// Until the transfer ends by itself, or we end it.
Result<CURLcode> CurlExchange::run(Arriving& arriving) {
  for (;;) {
    int running = 0;
    if (curl().curl_multi_perform(multi_.get(), &running) != CURLM_OK) {
      return fail(Code::kInternal, "libcurl lost track of a transfer");
    }
    int left = 0;
    while (const CURLMsg* const message = curl().curl_multi_info_read(multi_.get(), &left)) {
      if (message->msg == CURLMSG_DONE) return message->data.result;
    }
    if (fell_silent(arriving)) return CURLE_OK;
    if (auto late = too_late(arriving)) return std::unexpected(std::move(*late));
    (void)curl().curl_multi_poll(multi_.get(), nullptr, 0, kLookMs, nullptr);
  }
}

Result<HttpAnswer> CurlExchange::send(const HttpRequest& request) {
  const bool odd = std::ranges::any_of(
      request.path, [](unsigned char c) { return c <= ' ' || c >= 0x7f || c == '#' || c == '\\'; });
  if (odd || !request.path.starts_with('/')) {
    return fail(Code::kInvalidArgument, "not a path of the API: it holds what must be escaped");
  }
  const Headers headers = TRY(this->headers(request));
  const std::string url = access_.server + request.path;
  Arriving arriving;
  arriving.easy = easy_.get();
  arriving.request = &request;
  set_request(request, url, arriving);
  set(CURLOPT_HTTPHEADER, headers.get());
  curl().curl_multi_add_handle(multi_.get(), easy_.get());
  auto code = run(arriving);
  curl().easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &arriving.answer.status);
  curl().curl_multi_remove_handle(multi_.get(), easy_.get());
  set(CURLOPT_HTTPHEADER, static_cast<curl_slist*>(nullptr));
  if (arriving.refused) return std::unexpected(std::move(*arriving.refused));
  if (!code) return std::unexpected(std::move(code).error());
  if (*code != CURLE_OK) return std::unexpected(curl_error(*code, details_.data()));
  return std::move(arriving.answer);
}

}  // namespace

Result<std::unique_ptr<HttpExchange>> HttpExchange::open(ApiAccess access) {
  TRY(check_server(access.server));
  TRY(curl_library());
  auto exchange = std::make_unique<CurlExchange>(std::move(access));
  TRY(exchange->start());
  return exchange;
}

}  // namespace septet::kube
