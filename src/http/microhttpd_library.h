// http/microhttpd_library.h — libmicrohttpd, loaded when a server is started.
//
// Not linked: it draws in GnuTLS, and an agent that serves no HTTP needs neither.
#pragma once

#include <microhttpd.h>

#include "base/result.h"

namespace septet::http {

// The functions by their own names. Types come from the header, so a wrong call does not compile.
struct MicrohttpdLibrary {
  decltype(&::MHD_start_daemon) start_daemon;
  decltype(&::MHD_stop_daemon) stop_daemon;
  decltype(&::MHD_quiesce_daemon) quiesce_daemon;
  decltype(&::MHD_run_wait) run_wait;
  decltype(&::MHD_get_timeout) get_timeout;
  decltype(&::MHD_get_daemon_info) get_daemon_info;
  decltype(&::MHD_get_connection_info) get_connection_info;
  decltype(&::MHD_get_connection_values_n) get_connection_values_n;
  decltype(&::MHD_suspend_connection) suspend_connection;
  decltype(&::MHD_resume_connection) resume_connection;
  decltype(&::MHD_create_response_from_buffer) create_response_from_buffer;
  decltype(&::MHD_create_response_from_callback) create_response_from_callback;
  decltype(&::MHD_add_response_header) add_response_header;
  decltype(&::MHD_queue_response) queue_response;
  decltype(&::MHD_destroy_response) destroy_response;
};

// Loaded once, and for as long as the process lives. kNotFound: not installed.
Result<const MicrohttpdLibrary*> microhttpd_library();

}  // namespace septet::http
