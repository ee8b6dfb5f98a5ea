// Boost.Beast compiled once; every other file sees declarations only.
#include <boost/beast/src.hpp>
