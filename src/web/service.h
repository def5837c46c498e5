// web/service.h — the HTTP service of this node: server, API, and the thread that watches.
//
// Errors. Of start(): kInvalidArgument (no address; not loopback without TLS and token; no PEM),
//         kNoPermission (a token that others may read), kBusy (somebody listens there), kNotFound
//         (libmicrohttpd.so.12 is not installed).
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "watch/faults.h"
#include "web/watcher.h"

namespace septet::web {

struct ServiceOptions {
  std::string address;  // http/server.h reads it; empty: no service
  std::string certificate_file, key_file, token_file;
  std::vector<std::string> hosts;
  std::string history;  // a file; "none"; empty: beside the journal
  std::string library, simulated_state, host;
  watch::FaultPolicy faults;
};

class Service {
 public:
  using Say = std::function<void(const std::string&)>;
  static Result<std::unique_ptr<Service>> start(const ServiceOptions& options, const Say& say);
  virtual ~Service() = default;             // what changes is interrupted, and undone
  virtual void told(Told told) = 0;         // by the loop that serves Kubernetes
  virtual std::string address() const = 0;  // "http://127.0.0.1:8080", "unix:/run/septet.sock"
};

// The secret in the file, without space around it. Refused when anybody else may read it.
Result<std::string> read_token(const std::string& path);

}  // namespace septet::web
