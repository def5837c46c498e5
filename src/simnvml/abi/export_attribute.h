// How a function of the ABI is made visible outside the library.
#pragma once

#define NVML_API __attribute__((visibility("default")))
