// http/microhttpd_server.h — the server on libmicrohttpd: its one thread, its connections, their
// time.
//
// libmicrohttpd is driven from outside, by run_wait() in a thread of ours, so that everything but
// Answer is of that thread alone: what libmicrohttpd calls, and the sweep that lets go of slow
// clients, which its own timeout (bytes since the last byte) would hold for as long as they drip.
#pragma once

#include <list>
#include <thread>

#include "http/answer.h"
#include "http/incoming.h"
#include "http/listener.h"
#include "http/rate_limit.h"

namespace septet::http {

class MicrohttpdServer final : public Server {
 public:
  static Result<std::unique_ptr<Server>> open(Options options, Handler handler);
  MicrohttpdServer(const MicrohttpdServer&) = delete;
  MicrohttpdServer& operator=(const MicrohttpdServer&) = delete;
  ~MicrohttpdServer() override;
  Address address() const override { return listener_.address(); }
  std::size_t streams() const override { return streams_->load(); }

 private:
  using Time = std::chrono::steady_clock::time_point;
  enum class Phase { kReceiving, kAwaiting, kSending };

  // One client's connection and the request that it is at.
  struct Connection {
    MHD_Connection* handle = nullptr;
    int descriptor = -1;
    std::string peer;
    bool one_too_many = false;
    Phase phase = Phase::kReceiving;
    bool has_head = false, seen_end = false;
    Time until;  // let go then; not while the handler is awaited, nor of a stream
    Incoming incoming;
    std::shared_ptr<Answer> answer;
    std::list<Connection>::iterator self;
  };

  MicrohttpdServer(const MicrohttpdLibrary& library, Options options, Handler handler,
                   Listener listener, int wake);
  Result<> start_daemon();
  Result<> start_thread();

  void run();
  void wait_for_work(int epoll);
  void finish();
  void sweep(Time now);
  static bool has_left(Connection& connection);
  bool is_overdue(const Connection& connection, Time now) const;

  void connected(MHD_Connection* handle, void** context);
  MHD_Result take_head(Connection& connection, const char* method, const char* version);
  MHD_Result take_end(Connection& connection);
  std::shared_ptr<Answer> new_answer(const Connection& connection) const;
  MHD_Result dispatch(Connection& connection);
  MHD_Result answer_with(Connection& connection, Response refusal);
  MHD_Result queue(Connection& connection);
  void check_rates(Connection& connection);
  void completed(Connection& connection);
  Connection& connection_of(MHD_Connection* handle) const;

  static MHD_Result on_request(void*, MHD_Connection*, const char*, const char*, const char*,
                               const char*, std::size_t*, void**);
  static void* on_target(void*, const char*, MHD_Connection*);
  static void on_connection(void*, MHD_Connection*, void**, MHD_ConnectionNotificationCode);
  static void on_completed(void*, MHD_Connection*, void**, MHD_RequestTerminationCode);
  static void on_message(void*, const char*, va_list);
  static std::size_t keep_escapes(void*, MHD_Connection*, char*);

  const MicrohttpdLibrary& library_;
  Options options_;
  const Handler handler_;
  Listener listener_;
  const int wake_;  // an eventfd
  const std::shared_ptr<std::atomic<std::size_t>> streams_;
  std::atomic<bool> stopping_ = false;
  MHD_Daemon* daemon_ = nullptr;
  std::list<Connection> connections_;
  RateLimit rates_;
  Time swept_;
  bool closed_ = false;  // a connection, in the last run
  std::string message_;  // libmicrohttpd's last
  std::thread thread_;
};

}  // namespace septet::http
