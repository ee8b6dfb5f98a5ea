#include "echo/echo_datagrams.hpp"

#include <gtest/gtest.h>

#include <string>

namespace wireproof::testing {
namespace {

Address client(std::uint16_t port) { return Address::v4(0x0A000002, port); }

TEST(EchoDatagrams, SendsBackEveryDatagram) {
  EchoDatagrams echo(1234);
  for (const std::string& bytes : {std::string("hola"), std::string(), std::string(65507, '\0')}) {
    EXPECT_EQ(echo.receive(client(40000), bytes), bytes);
  }
  EXPECT_EQ(echo.received(), 3U);
  EXPECT_EQ(echo.bytes(), 65511U);
  EXPECT_EQ(echo.left(), 0U);
}

TEST(EchoDatagrams, AnswersNobodyWhoWouldAnswerTheAnswer) {
  EchoDatagrams echo(1234);
  for (const std::uint16_t port : {1234, 7, 13, 17, 19, 37, 0})
    EXPECT_FALSE(echo.receive(client(port), "hola")) << port;
  EXPECT_EQ(echo.received(), 7U);
  EXPECT_EQ(echo.left(), 7U);
  EXPECT_TRUE(echo.receive(client(1235), "hola"));
}

}  // namespace
}  // namespace wireproof::testing
