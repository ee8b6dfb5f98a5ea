// Boost.JSON compiled once; every other file sees declarations only.
#include <boost/json/src.hpp>
