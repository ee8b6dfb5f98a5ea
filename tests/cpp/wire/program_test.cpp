// wire as a whole, between virtual Ethernet devices.

#include <boost/json/serialize.hpp>

#include <random>

#include "command_line/program.hpp"
#include "running_wire.hpp"
#include "wire/line_file.hpp"

namespace wireproof::wire {
namespace {

using namespace testing;
using ::testing::HasSubstr;

std::pair<int, std::string> outcome(std::vector<std::string> words) {
  words.insert(words.begin(), "wire");
  RunningProgram program(std::move(words));
  const int status = program.exit_status();
  return {status, program.errors()};
}

TEST(WireCommandLine, ImpossibleWishesEndWithStatusTwo) {
  const ScratchFile wrong_json("{\"both\": ");
  const ScratchFile wrong_key(R"({"both": {"bandwidth": 5}})");
  const ScratchFile wrong_trace("1\n2\nthree\n");
  const std::pair<std::vector<std::string>, std::string> table[] = {
      {{}, "A is required"},
      {{"a"}, "B is required"},
      {{"a", "a"}, "A and B must be two interfaces"},
      {{"a", "b", "--speed", "5"}, "--speed"},
      {{"a", "b", "--rate", "10"}, "--rate 10 is not a rate such as"},
      {{"a", "b", "--queue", "20"}, "forward.queue: needs \"rate\" or \"trace\""},
      {{"a", "b", "--reorder", "5%"}, "forward.reorder: needs \"delay\""},
      {{"a", "b", "--backward", R"({"loss": 2})"}, "backward.loss: 2 is not a share"},
      {{"a", "b", "--interval", "0ms"}, "--interval 0ms: want a time of at least 1ms"},
      {{"a", "b", "--config", "/no/such/file"}, "cannot read /no/such/file"},
      {{"a", "b", "--config", wrong_json.path()}, wrong_json.path() + ": not JSON"},
      {{"a", "b", "--config", wrong_key.path()}, "\"bandwidth\" is no key here; possible are rate, burst"},
      {{"a", "b", "--trace", wrong_trace.path()}, wrong_trace.path() + ": line 3: not a whole number of milliseconds"},
  };
  for (const auto& [words, message] : table) {
    const auto [status, errors] = outcome(words);
    EXPECT_EQ(status, 2) << errors;
    EXPECT_THAT(errors, HasSubstr(message));
  }
}

TEST(WireCommandLine, HelpShowsExamplesAndUnits) {
  RunningProgram help({"wire", "--help"});
  EXPECT_EQ(help.exit_status(), 0);
  EXPECT_THAT(help.output(), HasSubstr("--rate 0.7mbit --queue 20"));
  EXPECT_THAT(help.output(), HasSubstr("Units: bit, kbit"));
}

TEST(WireLineFile, TellsThatItsEndCouldNotBeWritten) {
  const ScratchFile scratch;
  const int number = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  ::close(number);
  LineFile file(scratch.path());  // has the lowest number that is free
  file.add("whole");
  file.flush();
  EXPECT_EQ(scratch.lines(), std::vector<std::string>{"whole"});
  ASSERT_EQ(::close(number), 0);
  EXPECT_THROW(file.close(), Failure);
}

TEST_F(WireProgram, EndsWithStatusOneWithoutItsInterfaces) {
  const auto [status, errors] = outcome({"W-a", "nowhere0"});
  EXPECT_EQ(status, 1);
  EXPECT_THAT(errors, HasSubstr("wire: find the interface 'nowhere0': No such device"));
}

TEST_F(WireProgram, PassesFramesUnchangedBothWaysAndNeverEarly) {
  RunningProgram& wire = start({"--delay", "20ms"});
  for (std::uint64_t number = 0; number < 20; ++number) {
    const Frame frame = numbered(number, 60 + 70 * number);
    const auto& [from, to] = number % 2 == 0 ? std::tie(left_, right_) : std::tie(right_, left_);
    const auto before = std::chrono::steady_clock::now();
    from->send(frame);
    EXPECT_EQ(to->receive(), frame);
    EXPECT_GE(std::chrono::steady_clock::now() - before, std::chrono::milliseconds(20));
  }
  wire.signal(SIGTERM);
  EXPECT_EQ(wire.exit_status(), 0);
  EXPECT_THAT(wire.errors(), HasSubstr("wire: forward: 10 received, 10 passed"));
  EXPECT_THAT(wire.errors(), HasSubstr("wire: backward: 10 received, 10 passed"));
}

TEST_F(WireProgram, PutsVlanTagsBack) {
  start({});
  for (const std::uint16_t protocol : {kVlan, kServiceVlan}) {
    const Frame frame = concatenated({ethernet(protocol), vlan_tag(7, kIpv4), ipv4(17, udp(1, 2, Frame(40)))});
    left_->send(frame);
    EXPECT_EQ(right_->receive(), frame);
  }
}

TEST_F(WireProgram, EndsInOrderAtSigintAlsoWithoutInput) {
  input_.close();
  RunningProgram& wire = start({});
  left_->send(numbered(1, 100));
  EXPECT_TRUE(right_->receive());
  wire.signal(SIGINT);
  EXPECT_EQ(wire.exit_status(), 0);
}

TEST_F(WireProgram, ObeysControlLines) {
  start({});
  input_.write("{\"delay\": \"1ms\"}\n{\"down\": true}\n");
  const auto set = answer("set", 1);
  ASSERT_TRUE(set);
  EXPECT_EQ(set->at("forward"), boost::json::parse(R"({"delay": "1ms", "down": true})"));
  left_->send(numbered(1, 100));
  EXPECT_TRUE(
      eventually([&, asked = std::size_t{0}]() mutable { return counter("forward", "received", asked++) == 1; }));
  input_.write("{\"down\": false}\nnonsense\n{\"delay\": \"fast\"}\n");
  const auto error = answer("error", 1);
  ASSERT_TRUE(error);
  EXPECT_THAT(std::string(error->at("message").as_string()), HasSubstr("forward.delay: \"fast\" is not a time"));
  left_->send(numbered(2, 100));
  EXPECT_EQ(right_->receive(), numbered(2, 100));
  input_.write(std::string(100'000, 'x') + "\n");
  const auto refused = answer("error", 2);
  ASSERT_TRUE(refused);
  EXPECT_THAT(std::string(refused->at("message").as_string()), HasSubstr("at most 65536 bytes"));
}

TEST_F(WireProgram, LetsAControlLineActOnWhatComesAfterItOnly) {
  start({"--delay", "50ms"});
  for (std::uint64_t number = 0; number < 3; ++number) left_->send(numbered(number, 100));
  input_.write("{\"delay\": \"1000s\"}\n");
  for (std::uint64_t number = 0; number < 3; ++number) EXPECT_EQ(right_->receive(), numbered(number, 100));
}

TEST_F(WireProgram, GoesOnWhenNobodyControlsItAnyMore) {
  RunningProgram& wire = start({});
  input_.write("{\"delay\": \"1ms\"}");  // without an end of line
  input_.close();
  EXPECT_TRUE(answer("set"));
  left_->send(numbered(1, 100));
  EXPECT_TRUE(right_->receive());
  wire.signal(SIGTERM);
  EXPECT_EQ(wire.exit_status(), 0);
}

/// One that begins with this command; its answer is longer than a pipe holds.
std::string long_answer() {
  boost::json::array rules;
  for (int i = 0; i < 64; ++i) rules.push_back({{"payload", std::string(512, 'f')}, {"nth", 1'000'000}});
  return boost::json::serialize(boost::json::object{{"lose", rules}}) + "\n";
}

TEST_F(WireProgram, GoesOnWhenNobodyReadsItsAnswersAndSaysSo) {
  int answers[2];
  ASSERT_EQ(::pipe2(answers, O_CLOEXEC), 0);
  wire_.emplace(
      std::vector<std::string>{"wire", "W-a", "W-b"}, [&] { ::dup2(answers[1], STDOUT_FILENO); }, input_.read_end());
  ::close(answers[1]);
  ASSERT_TRUE(wire_->says("wire: joining W-a and W-b"));
  const std::string command = long_answer();
  std::uint64_t number = 0;
  for (int i = 0; i < 25; ++i) {
    input_.write(command);
    left_->send(numbered(++number, 100));
    ASSERT_EQ(right_->receive(), numbered(number, 100)) << "after " << i + 1 << " answers";
  }
  ASSERT_TRUE(wire_->says("answers are lost: nobody reads standard output; going on"));
  // A reader that comes back gets whole lines.
  std::string read;
  char piece[65536];
  std::size_t lines = 0;
  while (lines < 5) {
    const ssize_t length = ::read(answers[0], piece, sizeof piece);
    ASSERT_GT(length, 0);
    read.append(piece, static_cast<std::size_t>(length));
    lines = static_cast<std::size_t>(std::count(read.begin(), read.end(), '\n'));
  }
  std::istringstream all(read.substr(0, read.rfind('\n')));
  for (std::string line; std::getline(all, line);) EXPECT_TRUE(boost::json::parse(line).is_object());
  wire_->signal(SIGTERM);
  EXPECT_EQ(wire_->exit_status(), 1);
  ::close(answers[0]);
}

TEST_F(WireProgram, TellsThatItsAnswersCannotBeWritten) {
  for (const bool full : {true, false}) {
    int answers[2];
    ASSERT_EQ(::pipe2(answers, O_CLOEXEC), 0);
    if (full) ::dup2(::open("/dev/full", O_WRONLY | O_CLOEXEC), answers[1]);
    ::close(answers[0]);
    wire_.emplace(
        std::vector<std::string>{"wire", "W-a", "W-b"}, [&] { ::dup2(answers[1], STDOUT_FILENO); }, input_.read_end());
    ::close(answers[1]);
    const std::string error = full ? "No space left on device" : "Broken pipe";
    EXPECT_TRUE(wire_->says("wire: answers are lost: " + error + "; going on"));
    left_->send(numbered(1, 100));
    EXPECT_EQ(right_->receive(), numbered(1, 100));
    wire_->signal(SIGTERM);
    EXPECT_EQ(wire_->exit_status(), 1);
    EXPECT_TRUE(wire_->says("wire: write standard output: " + error));
  }
}

TEST_F(WireProgram, EndsWithStatusOneWhenAnInterfaceIsGone) {
  RunningProgram& wire = start({});
  ip("link delete b0");
  EXPECT_EQ(wire.exit_status(), 1);
  EXPECT_THAT(wire.errors(), HasSubstr("wire: the interface W-b is gone"));
}

TEST_F(WireProgram, OutlivesAnInterfaceThatIsDownForAWhile) {
  RunningProgram& wire = start({});
  ip("link set W-b down");
  EXPECT_TRUE(wire.says("W-b is down; going on"));
  left_->send(numbered(1, 100));
  EXPECT_TRUE(
      eventually([&, asked = std::size_t{0}]() mutable { return counter("forward", "received", asked++) == 1; }));
  ip("link set W-b up");
  left_->send(numbered(2, 100));
  EXPECT_EQ(right_->receive(), numbered(2, 100));
}

TEST_F(WireProgram, WritesWhatItCountsAsJsonLines) {
  const ScratchFile counters;
  RunningProgram& wire = start({"--counters", counters.path(), "--interval", "20ms", "--loss", "100%"});
  left_->send(numbered(1, 100));
  EXPECT_TRUE(eventually([&] { return counters.lines().size() > 3; }));
  wire.signal(SIGTERM);
  EXPECT_EQ(wire.exit_status(), 0);
  const auto last = boost::json::parse(counters.lines().back()).get_object();
  EXPECT_EQ(last.at("late").at("packets").to_number<int>(), 0) << "nothing has left";
  EXPECT_EQ(last.at("forward").as_object().at("dropped").as_object().at("loss").as_int64(), 1);
  EXPECT_GT(last.at("time").as_double(), 1e9);
}

/// The drops of 2,000 datagrams of two flows and some ARP, without their times.
TEST_F(WireProgram, LosesTheSamePacketsInEveryRun) {
  std::vector<std::vector<std::string>> runs;
  for (int run = 0; run < 3; ++run) {
    const ScratchFile drops;
    RunningProgram& wire = start({"--loss", "1%", "--seed", "5", "--drops", drops.path()});
    std::mt19937 random(static_cast<unsigned>(run));
    for (std::uint64_t number = 0; number < 2000; ++number) {
      left_->send(numbered(number, 100, 6000 + number % 2));
      if (random() % 10 == 0) left_->send(concatenated({ethernet(0x0806), Frame(28)}));  // another number in each run
    }
    EXPECT_TRUE(
        eventually([&, asked = std::size_t{0}]() mutable { return counter("forward", "received", asked++) >= 2000; }));
    wire.signal(SIGTERM);
    EXPECT_EQ(wire.exit_status(), 0);
    std::vector<std::string> told;
    for (const std::string& line : drops.lines()) {
      const auto drop = boost::json::parse(line).get_object();
      EXPECT_EQ(drop.at("cause").as_string(), "loss");
      if (line.find("/udp") != std::string::npos) told.push_back(line.substr(line.find(", \"direction\"")));
    }
    EXPECT_GT(told.size(), 5U);
    runs.push_back(told);
  }
  EXPECT_EQ(runs[0], runs[1]);
  EXPECT_EQ(runs[0], runs[2]);
}

TEST_F(WireProgram, SurvivesHostileFrames) {
  RunningProgram& wire = start({"--rate", "100mbit", "--queue", "50", "--aqm", "codel", "--corrupt", "10%"});
  std::mt19937 random(3);
  std::size_t asked = 0;
  for (int sent = 1; sent <= 3000; ++sent) {
    Frame frame(20 + random() % 120);  // the kernel itself drops VLAN frames that are shorter
    for (auto& byte : frame) byte = static_cast<std::uint8_t>(random());
    static constexpr std::uint16_t kTypes[] = {kIpv4, kIpv6, kVlan, 0x0806, 0xFFFF};
    write16(frame, 12, kTypes[random() % 5]);
    frame[0] &= 0xFE;
    if (random() % 2 == 0) frame[14] = random() % 2 == 0 ? 0x45 : 0x60;
    left_->send(frame);
    // No more at once than the receive ring holds.
    if (sent % 500 == 0) {
      ASSERT_TRUE(eventually([&] { return counter("forward", "received", asked++) == sent; }));
    }
  }
  wire.signal(SIGTERM);
  EXPECT_EQ(wire.exit_status(), 0);
}

}  // namespace
}  // namespace wireproof::wire
