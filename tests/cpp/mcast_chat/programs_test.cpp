// mcast-chat as a program, with pipes: members of rooms in one network namespace.

#include "room_of_programs.hpp"

namespace wireproof::mcast_chat::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class Rooms : public Network, public ::testing::WithParamInterface<const char*> {};

TEST_P(Rooms, EverybodySeesEverythingOnce) {
  Chatter ana("ana", GetParam());
  Chatter bob("bob", GetParam());
  ana.shows("* bob joined\n");
  Chatter zoe("Zoë", GetParam());
  ana.shows("* Zoë joined\n");
  bob.shows("* Zoë joined\n");
  ana.type("hello; tout le monde, \"grüße\" \\ \xF0\x9F\x98\x80\n");
  zoe.shows("<ana> hello");
  bob.type("no end of line");
  bob.end_input();
  EXPECT_EQ(bob.program().exit_status(), 0);
  for (const Chatter* const other : {&ana, &zoe}) other->shows("* bob left\n");
  ana.program().signal(SIGINT);
  EXPECT_EQ(ana.program().exit_status(), 0);
  zoe.shows("* ana left\n");
  zoe.program().signal(SIGTERM);
  EXPECT_EQ(zoe.program().exit_status(), 0);

  EXPECT_EQ(zoe.output(),
            "* Zoë joined\n<ana> hello; tout le monde, \"grüße\" \\ \xF0\x9F\x98\x80\n<bob> no end of line\n* bob "
            "left\n* ana left\n"
            "* Zoë left\n");
  EXPECT_EQ(ana.output(),
            "* ana joined\n* bob joined\n* Zoë joined\n<ana> hello; tout le monde, \"grüße\" \\ \xF0\x9F\x98\x80\n"
            "<bob> no end of line\n* bob left\n* ana left\n");
  EXPECT_THAT(ana.errors(), HasSubstr("sent 3 datagrams, received 4\n"));
}

INSTANTIATE_TEST_SUITE_P(Addresses, Rooms,
                         ::testing::Values("224.1.1.1", "ff12::801:101%h1-eth0", "ff15::801:101", "ff1e::801:101"));

class Chat : public Network {};

TEST_F(Chat, SaysWhereItListens) {
  Chatter ana("ana");
  EXPECT_THAT(ana.errors(), HasSubstr("mcast-chat: listening on 224.1.1.1:5000 (udp, h1-eth0)\n"));
  Chatter bob("bob", "ff12::801:101", {"--interface", "h1-eth0", "--port", "6000"});
  EXPECT_THAT(bob.errors(), HasSubstr("listening on [ff12::801:101%h1-eth0]:6000 (udp, h1-eth0)\n"));
}

TEST_F(Chat, JoinsAtTheInterfaceThatIsNamed) {
  ip("link add h1-eth1 type veth peer name far1");
  ip("link set h1-eth1 up");
  ip("address add 10.0.1.1/24 dev h1-eth1");
  Chatter ana("ana", "224.1.1.1", {"--interface", "h1-eth1"});
  EXPECT_EQ(std::system("ip maddress show dev h1-eth1 | grep -q 224.1.1.1"), 0);
  EXPECT_NE(std::system("ip maddress show dev h1-eth0 | grep -q 224.1.1.1"), 0);
  // On the other interface is another room, though the address is the same.
  Chatter bob("bob");
  bob.type("hello\n");
  bob.shows("<bob> hello\n");
  ana.end_input();
  EXPECT_EQ(ana.program().exit_status(), 0);
  EXPECT_EQ(ana.output(), "* ana joined\n* ana left\n");
}

TEST_F(Chat, RoomsOnOnePortDoNotMix) {
  Chatter ana("ana", "224.1.1.1");
  Chatter bob("bob", "224.1.1.2");
  Chatter eve("eve", "225.129.1.1");  // of the same Ethernet address as ana's
  bob.type("for room 2\n");
  bob.shows("<bob> for room 2\n");
  eve.type("for room 3\n");
  eve.shows("<eve> for room 3\n");
  send_to_room("for nobody", 0x0A000001);  // 10.0.0.1: unicast
  send_to_room("for room 1");
  ana.shows("] for room 1\n");
  for (Chatter* const member : {&ana, &bob, &eve}) {
    member->end_input();
    EXPECT_EQ(member->program().exit_status(), 0);
  }
  for (const char* const other : {"room 2", "room 3", "nobody"}) EXPECT_THAT(ana.output(), Not(HasSubstr(other)));
  EXPECT_EQ(bob.output(), "* bob joined\n<bob> for room 2\n* bob left\n");
  EXPECT_EQ(eve.output(), "* eve joined\n<eve> for room 3\n* eve left\n");
}

TEST_F(Chat, OnTheLoopbackInterfaceItNeedsNoOther) {
  ip("address delete 10.0.0.1/24 dev h1-eth0");
  Chatter ana("ana", "224.1.1.1", {"--interface", "lo"});
  Chatter bob("bob", "224.1.1.1", {"--interface", "lo"});
  bob.type("hello\n");
  ana.shows("<bob> hello\n");
  bob.end_input();
  EXPECT_EQ(bob.program().exit_status(), 0);
  ana.shows("* bob left\n");
  EXPECT_EQ(ana.output(), "* ana joined\n* bob joined\n<bob> hello\n* bob left\n");
  EXPECT_EQ(bob.output(), "* bob joined\n<bob> hello\n* bob left\n");
}

TEST_F(Chat, SharesItsPortWithOtherProgramsOfItsGroup) {
  const FileDescriptor other(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  const int on = 1;
  ::setsockopt(other.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  ::setsockopt(other.get(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);  // the sheet's example sets both
  sockaddr_in room{};
  room.sin_family = AF_INET;
  room.sin_port = htons(5000);
  room.sin_addr.s_addr = htonl(0xE0010101);
  ASSERT_EQ(::bind(other.get(), reinterpret_cast<const sockaddr*>(&room), sizeof room), 0);
  Chatter ana("ana");
  Chatter bob("bob");
  ana.type("hello\n");
  bob.shows("<ana> hello\n");
}

TEST_F(Chat, SaysWhoHoldsThePort) {
  const FileDescriptor other(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  sockaddr_in all{};
  all.sin_family = AF_INET;
  all.sin_port = htons(5000);
  ASSERT_EQ(::bind(other.get(), reinterpret_cast<const sockaddr*>(&all), sizeof all), 0);
  RunningProgram ana({"mcast-chat", "--room", "224.1.1.1", "--name", "ana"});
  EXPECT_EQ(ana.exit_status(), 1);
  EXPECT_THAT(ana.errors(), HasSubstr("listen on 224.1.1.1:5000 (udp): Address already in use: another program"));
}

TEST_F(Chat, WithoutLoopbackThisHostDoesNotHearIt) {
  Chatter ana("ana");
  {
    Chatter bob("bob", "224.1.1.1", {"--loopback", "off"});
    bob.type("hello\n");
    bob.shows("<bob> hello\n");
  }
  send_to_room("later");
  ana.shows("] later\n");
  EXPECT_THAT(ana.output(), Not(HasSubstr("bob")));
}

TEST_F(Chat, NobodyIsKilledByADatagram) {
  Chatter ana("ana");
  std::string every_byte;
  for (int byte = 0; byte < 256; ++byte) every_byte += static_cast<char>(byte);
  const std::string bad[] = {std::string(60000, 'x'), std::string(1025, 'x'),
                             std::string(),           every_byte,
                             "\x1b]0;title\x07",      "mcast-chat/1 TEXT e\x1b[2Jve hi\n",
                             "mcast-chat/9 HELLO\n",  "mcast-chat/1 TEXT eve \xff\n"};
  for (const std::string& datagram : bad) send_to_room(datagram);
  send_to_room("mcast-chat/1 TEXT eve still here\n");
  ana.shows("<eve> still here\n");
  ana.program().signal(SIGUSR1);
  EXPECT_TRUE(ana.program().says("in the room: ana, eve\n"));
  EXPECT_TRUE(ana.program().says("dropped 8: 2 too long, 5 not text, 1 of another version\n"));
  EXPECT_EQ(ana.output(), "* ana joined\n<eve> still here\n");
}

TEST_F(Chat, WhatIsNotSentIsTold) {
  Chatter ana("ana");
  ana.type(std::string(1001, 'x') + '\n' + std::string(1002, 'y') + '\n' + std::string(200000, 'z') +
           "\n\x1b[2J\n\nend\n");
  ana.shows("<ana> end\n");
  ana.end_input();
  EXPECT_EQ(ana.program().exit_status(), 1);
  EXPECT_EQ(ana.output(), "* ana joined\n<ana> " + std::string(1001, 'x') + "\n<ana> end\n* ana left\n");
  EXPECT_THAT(ana.errors(), HasSubstr("not sent: it is longer than 1001 bytes: 'yyyy"));
  EXPECT_THAT(ana.errors(), HasSubstr("not sent: it is longer than 1001 bytes: 'zzzz"));
  EXPECT_THAT(ana.errors(), HasSubstr("not sent: it holds the control character U+001B: '\\x1b[2J'"));
  EXPECT_THAT(ana.errors(), HasSubstr("3 lines not sent"));
}

TEST_F(Chat, ALineThatTheNetworkDoesNotTakeIsTold) {
  Chatter ana("ana");
  ip("address delete 10.0.0.1/24 dev h1-eth0");
  ana.type("hello\n");
  EXPECT_TRUE(ana.program().says("not sent: Network is unreachable: 'hello'"));
  ip("address add 10.0.0.1/24 dev h1-eth0");
  ip("route replace 224.0.0.0/4 dev h1-eth0");
  ana.type("again\n");
  ana.shows("<ana> again\n");
  EXPECT_THAT(ana.output(), Not(HasSubstr("hello")));
}

TEST_F(Chat, WhatItsOwnInterfaceDropsIsTold) {
  Chatter ana("ana");
  ip("link set h1-eth0 txqueuelen 1");
  ASSERT_EQ(std::system("tc qdisc add dev h1-eth0 root tbf rate 8kbit burst 200 limit 200"), 0);
  for (int i = 0; i < 5; ++i) ana.type(std::string(900, 'x') + '\n');
  EXPECT_TRUE(ana.program().says("not sent: No buffer space available: 'xxxx"));
}

TEST_F(Chat, ACrashIsNoticedByThosePromisedASignOfLife) {
  Chatter ana("ana");
  Chatter bob("bob", "224.1.1.1", {"--keep-alive", "1"});
  Chatter eve("eve");
  Chatter dan("dan");
  dan.shows("* bob is here\n");  // two signs of life later, at most
  bob.program().signal(SIGKILL);
  eve.program().signal(SIGKILL);
  ana.shows("* bob has gone silent\n");
  EXPECT_THAT(ana.output(), Not(HasSubstr("eve has gone silent")));
  EXPECT_THAT(ana.output(), Not(HasSubstr("bob left")));
}

TEST_F(Chat, LeavesWhenNobodyReadsWhatItShows) {
  Chatter ana("ana");
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  FileDescriptor reader(ends[0]);
  const FileDescriptor writer(ends[1]);
  int silence[2];
  ASSERT_EQ(::pipe2(silence, O_CLOEXEC), 0);
  const FileDescriptor input(silence[0]);
  const FileDescriptor open(silence[1]);
  RunningProgram bob(
      {"mcast-chat", "--room", "224.1.1.1", "--name", "bob"}, [&] { ::dup2(writer.get(), STDOUT_FILENO); },
      input.get());
  ana.shows("* bob joined\n");
  reader = FileDescriptor();
  // This process's own end of the pipe stays open for writing; only reading ends count.
  EXPECT_EQ(bob.exit_status(), 1);
  EXPECT_THAT(bob.errors(), HasSubstr("write standard output: Broken pipe"));
  ana.shows("* bob left\n");
}

TEST_F(Chat, TellsWhatIsWrong) {
  ip("route delete 224.0.0.0/4 dev h1-eth0");
  ip("link add h1-eth3 type veth peer name far3");
  const struct {
    std::vector<std::string> words;
    int status;
    const char* message;
  } cases[] = {
      {{"--room", "224.1.1.1"}, 2, "--name is required"},
      {{"--name", "ana"}, 2, "--room is required"},
      {{"--room", "10.0.0.1", "--name", "ana"}, 2, "--room 10.0.0.1: no multicast address"},
      {{"--room", "fe80::1", "--name", "ana"}, 2, "--room fe80::1: no multicast address"},
      {{"--room", "h1", "--name", "ana"}, 2, "--room h1: not a numeric IPv4 or IPv6 address"},
      {{"--room", "224.1.1.1%h1-eth0", "--name", "ana"}, 2, "only an IPv6 address has %INTERFACE"},
      {{"--room", "ff12::801:101%", "--name", "ana"}, 2, "only an IPv6 address has %INTERFACE"},
      {{"--room", "ff12::801:101", "--name", "ana"}, 2, "write ff12::801:101%IF, or --interface IF"},
      {{"--room", "ff12::1%h1-eth0", "--interface", "lo", "--name", "ana"}, 2, "interface h1-eth0, --interface lo"},
      {{"--room", "224.1.1.1", "--name", "a b"}, 2, "--name: it holds a space"},
      {{"--room", "224.1.1.1", "--name", ""}, 2, "--name: it is empty"},
      {{"--room", "224.1.1.1", "--name", "ana", "--port", "0"}, 2, "--port"},
      {{"--room", "224.1.1.1", "--name", "ana", "--ttl", "256"}, 2, "--ttl"},
      {{"--room", "224.1.1.1", "--name", "ana", "--loopback", "maybe"}, 2, "--loopback"},
      {{"--room", "224.1.1.1", "--name", "ana", "--keep-alive", "0"}, 2, "--keep-alive"},
      {{"--room", "224.1.1.1", "--name", "ana", "--interface", "none"}, 1, "find the interface 'none': No such device"},
      {{"--room", "ff12::1%none", "--name", "ana"}, 1, "find the interface 'none': No such device"},
      {{"--room", "224.1.1.1", "--name", "ana"},
       1,
       "send to 224.1.1.1:5000: Network is unreachable: no route leads to multicast addresses: give --interface IF, "
       "or, as "
       "root: ip route add 224.0.0.0/4 dev IF"},
      {{"--room", "224.1.1.1", "--name", "ana", "--interface", "h1-eth3"},
       1,
       "send to 224.1.1.1:5000 by h1-eth3: Network is unreachable: is h1-eth3 up, with an IPv4 address?"},
  };
  for (const auto& [words, status, message] : cases) {
    std::vector<std::string> all{"mcast-chat"};
    all.insert(all.end(), words.begin(), words.end());
    RunningProgram program(all);
    EXPECT_EQ(program.exit_status(), status) << program.errors();
    EXPECT_THAT(program.errors(), HasSubstr(message));
    EXPECT_EQ(program.output(), "");
  }
}

TEST_F(Chat, WaitsForAnIpv6AddressThatIsBeingProbed) {
  ip("link add h1-eth2 type veth peer name far2");
  ip("link set far2 up");
  ip("link set h1-eth2 up");
  Chatter ana("ana", "ff12::801:101%h1-eth2");
  Chatter bob("bob", "ff12::801:101%h1-eth2");
  ana.shows("* bob joined\n");
  EXPECT_THAT(ana.errors(), HasSubstr("listening on [ff12::801:101%h1-eth2]:5000"));
}

}  // namespace
}  // namespace wireproof::mcast_chat::testing
