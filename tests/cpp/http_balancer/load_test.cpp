// http-balancer before http-servers that die, while clients go on asking.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "../base/free_port.hpp"
#include "running_balancer.hpp"

namespace wireproof::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

/// http-servers, each of a folder of its own whose file "who" names it, on ports that stay theirs.
class Nodes {
 public:
  explicit Nodes(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      folder_.write(fmt::format("{}/who", i), fmt::format("node {}\n{}", i, std::string(1000, 'x')));
      ports_.push_back(free_port());
      running_.emplace_back();
      start(i);
    }
  }

  const std::vector<std::uint16_t>& ports() const { return ports_; }
  void start(std::size_t i) {
    running_[i] = std::make_unique<RunningProgram>(
        std::vector<std::string>{"http-server", "--root", (folder_.path() / std::to_string(i)).string(), "--host",
                                 "127.0.0.1", "--port", std::to_string(ports_[i])});
    ASSERT_EQ(running_[i]->port(), ports_[i]);
  }
  /// By SIGKILL.
  void kill(std::size_t i) { running_[i].reset(); }
  void signal(std::size_t i, int number) { running_[i]->signal(number); }

 private:
  TemporaryFolder folder_;
  std::vector<std::uint16_t> ports_;
  std::vector<std::unique_ptr<RunningProgram>> running_;
};

/// Clients that ask one after another, on connections that they keep, until this goes.
class Load {
 public:
  Load(const RunningBalancer& balancer, unsigned clients) {
    for (unsigned i = 0; i < clients; ++i) threads_.emplace_back([this, &balancer] { ask(balancer); });
  }
  ~Load() { stop(); }

  void stop() {
    is_over_ = true;
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }
  /// What was not answered as it should be, the first of it.
  std::string failure() const {
    const std::lock_guard lock(mutex_);
    return failure_;
  }
  std::uint64_t answered() const {
    const std::lock_guard lock(mutex_);
    std::uint64_t sum = 0;
    for (const auto& [node, count] : answered_) sum += count;
    return sum;
  }
  std::uint64_t answered_by(std::size_t node) const {
    const std::lock_guard lock(mutex_);
    const auto found = answered_.find(static_cast<char>('0' + node));
    return found != answered_.end() ? found->second : 0;
  }
  /// Waits until that many more are answered.
  bool goes_on(std::uint64_t requests) const {
    const std::uint64_t before = answered();
    return eventually([&] { return answered() >= before + requests || !failure().empty(); }) && failure().empty();
  }

 private:
  void ask(const RunningBalancer& balancer) {
    const TestClient client = balancer.client();
    while (!is_over_) {
      client.send(get("/who"));
      const Reply reply = receive_reply(client);
      const bool is_good = reply.status == 200 && reply.body.starts_with("node ") && reply.body.size() == 1007;
      const std::lock_guard lock(mutex_);
      if (is_good) {
        ++answered_[reply.body[5]];
      } else {
        if (failure_.empty()) failure_ = "status " + std::to_string(reply.status) + ":\n" + reply.head + reply.body;
        return;
      }
    }
  }

  std::atomic<bool> is_over_ = false;
  mutable std::mutex mutex_;
  std::map<char, std::uint64_t> answered_;
  std::string failure_;
  std::vector<std::thread> threads_;
};

constexpr const char* kQuickChecks = "check_interval = 0.1\nstatus_path = /status\n";

TEST(HttpBalancerUnderLoad, FailsNoRequestWhenANodeIsKilledAndTakesItBack) {
  Nodes nodes(3);
  RunningBalancer balancer(nodes.ports(), kQuickChecks);
  Load load(balancer, 4);
  for (const std::size_t victim : {0U, 1U, 2U, 1U}) {
    ASSERT_TRUE(load.goes_on(200)) << load.failure();
    nodes.kill(victim);
    ASSERT_TRUE(load.goes_on(400)) << load.failure();
    nodes.start(victim);
    const std::uint64_t before = load.answered_by(victim);
    ASSERT_TRUE(eventually([&] { return load.answered_by(victim) > before + 20; })) << "it is not taken back\n"
                                                                                    << load.failure();
  }
  load.stop();
  EXPECT_EQ(load.failure(), "");
}

TEST(HttpBalancerUnderLoad, FailsNoRequestWhenANodeIsKilledThatIsNotChecked) {
  Nodes nodes(2);
  RunningBalancer balancer(nodes.ports(), "check_interval = 0\neject_time = 0.5\n");
  Load load(balancer, 4);
  ASSERT_TRUE(load.goes_on(200)) << load.failure();
  nodes.kill(0);
  ASSERT_TRUE(balancer.program().says("nodo1 (127.0.0.1:" + std::to_string(nodes.ports()[0]) + ") is down"));
  nodes.start(0);
  const std::uint64_t before = load.answered_by(0);
  EXPECT_TRUE(eventually([&] { return load.answered_by(0) > before + 20; })) << "it is not taken back";
  load.stop();
  EXPECT_EQ(load.failure(), "");
}

TEST(HttpBalancerUnderLoad, FailsNoRequestWhenANodeHangs) {
  Nodes nodes(2);
  RunningBalancer balancer(nodes.ports(), "check_interval = 0.1\ncheck_timeout = 0.3\nanswer_timeout = 1000\n");
  Load load(balancer, 4);
  ASSERT_TRUE(load.goes_on(200)) << load.failure();
  nodes.signal(0, SIGSTOP);
  ASSERT_TRUE(balancer.program().says(") is down: "));
  ASSERT_TRUE(load.goes_on(200)) << load.failure();
  nodes.signal(0, SIGCONT);
  const std::uint64_t before = load.answered_by(0);
  EXPECT_TRUE(eventually([&] { return load.answered_by(0) > before + 20; })) << "it is not taken back";
  load.stop();
  EXPECT_EQ(load.failure(), "");
}

TEST(HttpBalancerUnderLoad, FailsNoRequestWhenTheFileIsReadAnew) {
  Nodes nodes(3);
  const std::vector<std::uint16_t>& ports = nodes.ports();
  RunningBalancer balancer(ports, kQuickChecks);
  Load load(balancer, 4);
  const auto reload = [&](const std::vector<std::uint16_t>& some, const std::string& keys, std::size_t times) {
    balancer.configure(some, keys);
    balancer.program().signal(SIGHUP);
    return eventually([&] {
      const std::string told = balancer.program().errors();
      std::size_t count = 0;
      for (std::size_t at = 0; (at = told.find("SIGHUP", at)) != std::string::npos; ++at) ++count;
      return count == times;
    });
  };
  for (std::size_t times = 1; times <= 20; ++times) {
    ASSERT_TRUE(load.goes_on(50)) << load.failure();
    const bool is_wrong = times % 5 == 0;
    const std::vector<std::uint16_t> some = times % 2 == 0 ? ports : std::vector{ports[times % 3]};
    ASSERT_TRUE(reload(some, is_wrong ? "polcy = round-robin\n" : kQuickChecks, times)) << balancer.program().errors();
  }
  // Now the first one alone: the others get nothing any more.
  ASSERT_TRUE(reload({ports[0]}, kQuickChecks, 21));
  ASSERT_TRUE(load.goes_on(50)) << load.failure();
  const std::uint64_t before = load.answered_by(1) + load.answered_by(2);
  ASSERT_TRUE(load.goes_on(200)) << load.failure();
  EXPECT_EQ(load.answered_by(1) + load.answered_by(2), before);
  load.stop();
  EXPECT_EQ(load.failure(), "");
  EXPECT_THAT(balancer.program().errors(),
              HasSubstr("config.ini:2: key 'polcy' is not known in [balancer]; known are policy,"));
  EXPECT_THAT(balancer.program().errors(), HasSubstr("; the configuration stays as it was\n"));
  EXPECT_THAT(balancer.ask(get("/status?json")).body, HasSubstr("\"bad_reloads\": 4"));
}

}  // namespace
}  // namespace wireproof::testing
