#include "base/json_object.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace wireproof {
namespace {

TEST(JsonObject, EscapesAndKeepsOrder) {
  JsonObject inner;
  inner.add("on", true);
  JsonObject object;
  object.add("path", "a\"b\\c\n\x01é").add("rate", 638000.5).add("none", std::nan("")).add("n", std::uint64_t{7});
  object.add_object("inner", inner);
  EXPECT_EQ(object.text(),
            "{\"path\": \"a\\\"b\\\\c\\u000a\\u0001é\", \"rate\": 638000.5, \"none\": null, \"n\": 7, "
            "\"inner\": {\"on\": true}}");
}

}  // namespace
}  // namespace wireproof
