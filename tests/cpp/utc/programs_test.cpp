// utc-server and utc-client as a whole, over loopback.

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <sched.h>

#include <chrono>

#include "../base/running_program.hpp"

namespace wireproof::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// The number behind "name": in a report.
double number_in(const std::string& json, const std::string& name) {
  const std::string key = fmt::format("\"{}\":", name);
  const std::size_t at = json.rfind(key);
  if (at == std::string::npos) {
    ADD_FAILURE() << "no " << name << " in " << json;
    return 0;
  }
  return std::stod(json.substr(at + key.size()));
}

TEST(UtcClient, MeasuresAKnownOffsetWithinItsBound) {
  const RunningProgram server({"utc-server", "--port", "0", "--host", "127.0.0.1", "--clock-offset", "3.5"});
  RunningProgram client({"utc-client", "--port", std::to_string(server.port()), "--json", "-"});
  ASSERT_EQ(client.exit_status(), 0) << client.errors();
  const std::string output = client.output();
  EXPECT_NEAR(number_in(output, "offset"), 3.5, number_in(output, "bound"));
  EXPECT_LT(number_in(output, "bound"), 0.1);
  EXPECT_THAT(output, HasSubstr("stepped; the server is not synchronised"));
}

/// 2106-02-07 06:28:16 is 2^32 seconds after 1970.
TEST(UtcClient, TellsTimesBeyondWhat32BitsHold) {
  const auto ahead =
      4'294'967'296 -
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
  const RunningProgram server(
      {"utc-server", "--port", "0", "--host", "127.0.0.1", "--clock-offset", std::to_string(ahead)});
  RunningProgram client({"utc-client", "--port", std::to_string(server.port()), "--samples", "1"});
  ASSERT_EQ(client.exit_status(), 0) << client.errors();
  EXPECT_THAT(client.output(), ::testing::MatchesRegex("2106-02-07 06:2[89]:[0-9.]* UTC\noffset [+]2.*"));
}

TEST(UtcClient, LearnsADrift) {
  const RunningProgram server({"utc-server", "--port", "0", "--host", "127.0.0.1", "--stratum", "1"});
  RunningProgram client({"utc-client", "--port", std::to_string(server.port()), "--clock-drift", "10000", "--rounds",
                         "5", "--interval", "0.2", "--samples", "4", "--adjust", "slew", "--json", "-"});
  ASSERT_EQ(client.exit_status(), 0) << client.errors();
  const std::string output = client.output();
  EXPECT_NEAR(number_in(output, "drift"), -1e6 * (1 - 1 / 1.01), number_in(output, "drift_error") + 100);
  EXPECT_THAT(output, Not(HasSubstr("stepped\n")));
  EXPECT_THAT(output, Not(HasSubstr("not synchronised")));
}

TEST(UtcClient, TellsWhenNobodyAnswers) {
  RunningProgram client({"utc-client", "--port", "1", "--samples", "1"});
  EXPECT_EQ(client.exit_status(), 1);
  EXPECT_THAT(client.errors(), HasSubstr("127.0.0.1:1 did not answer"));
}

/// In a user namespace of its own nobody has the right to set the host's clock, root neither.
TEST(UtcClient, SaysThatItSetsTheHostsClockAndThatItMayNot) {
  const RunningProgram server({"utc-server", "--port", "0", "--host", "127.0.0.1"});
  RunningProgram client(
      {"utc-client", "--port", std::to_string(server.port()), "--adjust", "step", "--set-system-clock"}, [] {
        if (::unshare(CLONE_NEWUSER) != 0) _exit(77);
      });
  const int status = client.exit_status();
  if (status == 77) GTEST_SKIP() << "this machine allows no user namespaces";
  EXPECT_EQ(status, 1);
  EXPECT_THAT(client.errors(), HasSubstr("the clock of this host will be set"));
  EXPECT_THAT(client.errors(), HasSubstr("set the host's clock: Operation not permitted"));
}

TEST(UtcServer, EndsInOrder) {
  RunningProgram server({"utc-server", "--port", "0"});
  ASSERT_GT(server.port(), 0);
  server.signal(SIGTERM);
  EXPECT_EQ(server.exit_status(), 0);
  EXPECT_THAT(server.errors(), HasSubstr("SIGTERM: 0 questions answered"));
}

}  // namespace
}  // namespace wireproof::testing
