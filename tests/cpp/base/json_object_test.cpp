#include "base/json_object.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

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

TEST(JsonObject, HoldsListsTimesAndWhatIsJsonAlready) {
  JsonObject one;
  one.add("n", std::uint64_t{1});
  JsonObject object;
  object.add_array("none", {}).add_array("two", std::vector{one, one}).add_json("raw", "[1]");
  object.add_seconds("time", std::chrono::nanoseconds(1'500'000'001))
      .add_seconds("before", std::chrono::nanoseconds(-1));
  EXPECT_EQ(object.text(),
            "{\"none\": [], \"two\": [{\"n\": 1}, {\"n\": 1}], \"raw\": [1], "
            "\"time\": 1.500000001, \"before\": -0.000000001}");
}

TEST(JsonObject, AnyFileNameIsValidAndMovesNoTerminal) {
  JsonObject object;
  object.add("file", "caf\xe9\u202Egpj\x7f\u0085\U000E0041.ts");
  EXPECT_EQ(object.text(), R"({"file": "caf\\xe9\u202egpj\u007f\u0085\udb40\udc41.ts"})");
}

}  // namespace
}  // namespace wireproof
