// Nothing here: the library is what src/simnvml and below it hold.
