// The one source of libnvidia-ml.so.1 itself: the rest is what src/simnvml and below it hold.

namespace __gnu_cxx {
void __freeres();  // libstdc++'s own, declared in none of its headers
}

// The C++ runtime is linked in, and sets aside 72 KiB for exceptions when it is loaded. A client
// that loads and unloads the library again and again would lose that much each time.
[[gnu::destructor(101)]] static void free_exception_pool() { __gnu_cxx::__freeres(); }
