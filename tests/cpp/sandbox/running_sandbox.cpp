#include "running_sandbox.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <pty.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>

namespace wireproof::sandbox::testing {
namespace {

struct Pair {
  FileDescriptor ours;
  FileDescriptor theirs;
};

void demand(bool done, const char* tried) {
  if (!done) throw std::runtime_error(fmt::format("{}: {}", tried, std::strerror(errno)));
}

// What is the sandbox's is inherited, what is ours is not.
Pair make_pair(int ours, int theirs) {
  ::fcntl(ours, F_SETFD, FD_CLOEXEC);
  return {FileDescriptor(ours), FileDescriptor(theirs)};
}

Pair make_pipe(bool we_read) {
  std::array<int, 2> ends{};
  demand(::pipe(ends.data()) == 0, "pipe");
  return we_read ? make_pair(ends[0], ends[1]) : make_pair(ends[1], ends[0]);
}

Pair make_control() {
  std::array<int, 2> ends{};
  demand(::socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends.data()) == 0, "socketpair");
  const int on = 1;
  demand(::setsockopt(ends[0], SOL_SOCKET, SO_PASSCRED, &on, sizeof on) == 0, "SO_PASSCRED");
  return make_pair(ends[0], ends[1]);
}

Pair make_terminal() {
  int master = -1;
  int slave = -1;
  demand(::openpty(&master, &slave, nullptr, nullptr, nullptr) == 0, "openpty");
  return make_pair(master, slave);
}

std::string sandbox_init() {
  const char* const folder = std::getenv("WIREPROOF_BIN");
  if (folder == nullptr) throw std::runtime_error("WIREPROOF_BIN is not set");
  return std::string(folder) + "/sandbox-init";
}

// As harness/world/cell/launch.py does: root keeps all its ids, others have one.
void write_maps(pid_t process) {
  const bool root = ::geteuid() == 0;
  const auto write = [&](const char* file, const std::string& text) {
    std::ofstream(fmt::format("/proc/{}/{}", process, file)) << text << std::flush;
  };
  if (!root) write("setgroups", "deny");
  for (const char* file : {"gid_map", "uid_map"}) {
    std::string text;
    std::ifstream own(fmt::format("/proc/self/{}", file));
    for (std::string first, second, count; own >> first >> second >> count;) {
      text += fmt::format("{0} {0} {1}\n", first, count);
    }
    if (!root) text = fmt::format("0 {} 1", std::string_view(file) == "uid_map" ? ::geteuid() : ::getegid());
    write(file, text);
  }
}

std::vector<std::string> split(const std::string& text) {
  std::istringstream words(text);
  return {std::istream_iterator<std::string>(words), {}};
}

constexpr const char* bubblewrap =
    "bwrap --unshare-pid --as-pid-1 --unshare-ipc --unshare-uts --cap-add ALL --ro-bind /usr /usr "
    "--symlink usr/bin /bin --symlink usr/sbin /sbin --symlink usr/lib /lib --symlink usr/lib64 /lib64 "
    "--perms 0755 --dir /etc --ro-bind /etc/alternatives /etc/alternatives --proc /proc "
    "--dev /dev --perms 1777 --size 1048576 --tmpfs /dev/shm --remount-ro /dev "
    "--perms 1777 --size 67108864 --tmpfs /tmp --dir /run --ro-bind {} /run/sandbox-init {} --remount-ro / "
    "--clearenv --setenv PATH /usr/bin:/bin:/usr/sbin:/sbin --chdir /tmp -- /run/sandbox-init "
    "--control {} --stdin {} --stdout {} --stderr {} --uid {} --gid {}";

struct Descriptors {
  int control;
  int in;
  int out;
  int err;
};

std::vector<std::string> words_of(const Arrangement& setup, const Descriptors& given,
                                  const std::vector<std::string>& program) {
  std::vector<std::string> words = {
      "sh", "-ec",
      "ip link set lo up\necho 0 >/proc/sys/net/ipv4/ip_unprivileged_port_start\n" + setup.in_cell + "\nexec \"$@\"",
      "sh"};
  const auto append = [&](const std::vector<std::string>& more) {
    words.insert(words.end(), more.begin(), more.end());
  };
  append(split(fmt::format(fmt::runtime(bubblewrap), sandbox_init(), setup.mounts, given.control, given.in, given.out,
                           given.err, program_owner(), program_owner())));
  append(setup.options);
  if (setup.terminal) append({"--terminal"});
  append({"--"});
  append(program);
  return words;
}

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> result;
  for (auto& word : words) result.push_back(word.data());
  result.push_back(nullptr);
  return result;
}

// What comes after the new process has its ids: the other namespaces, and their process 1, which `arguments` become.
// This process waits for it, holding nothing of what it was given.
[[noreturn]] void run_cell(const std::vector<char*>& arguments, int own_errors) noexcept {
  ::dup2(own_errors, STDERR_FILENO);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::unshare(CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWPID) != 0) ::_exit(73);
  const pid_t process_1 = ::fork();
  if (process_1 == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) ::_exit(74);
    if (::mount("proc", "/proc", "proc", 0, nullptr) != 0) ::_exit(75);
    ::execvp(arguments[0], arguments.data());
    ::_exit(72);
  }
  ::close_range(0, ~0U, 0);
  int status = 0;
  ::waitpid(process_1, &status, 0);
  ::_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

std::string contents(int memory) {
  struct stat facts {};
  ::fstat(memory, &facts);
  std::string text(static_cast<std::size_t>(facts.st_size), '\0');
  const ssize_t length = ::pread(memory, text.data(), text.size(), 0);
  text.resize(length > 0 ? static_cast<std::size_t>(length) : 0);
  return text;
}

}  // namespace

RunningSandbox::RunningSandbox(const std::vector<std::string>& program, const Arrangement& setup)
    : own_errors_(::memfd_create("stderr", MFD_CLOEXEC)) {
  Pair control = make_control();
  Pair in = setup.terminal ? make_terminal() : make_pipe(false);
  Pair out = make_pipe(true);
  Pair err = make_pipe(true);
  const Descriptors given{control.theirs.get(), in.theirs.get(), setup.terminal ? in.theirs.get() : out.theirs.get(),
                          err.theirs.get()};
  std::vector<std::string> words = words_of(setup, given, program);
  const std::vector<char*> arguments = pointers(words);
  std::array<int, 2> sync{};
  demand(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sync.data()) == 0, "socketpair");
  const FileDescriptor here(sync[0]);
  const FileDescriptor there(sync[1]);

  cell_ = ::fork();
  demand(cell_ >= 0, "fork");
  char byte = 0;
  if (cell_ == 0) {
    if (::unshare(CLONE_NEWUSER) != 0) ::_exit(70);
    if (::write(there.get(), &byte, 1) != 1 || ::read(there.get(), &byte, 1) != 1) ::_exit(71);
    run_cell(arguments, own_errors_.get());
  }
  demand(::read(here.get(), &byte, 1) == 1, "wait for the cell's user namespace");
  write_maps(cell_);
  demand(::write(here.get(), &byte, 1) == 1, "let the cell begin");
  control_ = std::move(control.ours);
  input_ = std::move(in.ours);
  output_ = std::move(out.ours);
  errors_ = std::move(err.ours);
}

RunningSandbox::~RunningSandbox() {
  if (cell_ <= 0) return;
  ::kill(cell_, SIGKILL);
  ::waitpid(cell_, nullptr, 0);
}

Packet RunningSandbox::next() {
  last.clear();
  pollfd waiting{control_.get(), POLLIN, 0};
  if (::poll(&waiting, 1, static_cast<int>(std::chrono::milliseconds(patience).count())) != 1) {
    ADD_FAILURE() << "sandbox-init says nothing; standard error: " << own_errors();
    return {};
  }
  std::array<char, 256> text{};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(ucred))> extra{};
  iovec piece{text.data(), text.size()};
  msghdr message{};
  message.msg_iov = &piece;
  message.msg_iovlen = 1;
  message.msg_control = extra.data();
  message.msg_controllen = extra.size();
  const ssize_t length = ::recvmsg(control_.get(), &message, 0);
  Packet packet;
  if (length > 0) packet.text.assign(text.data(), static_cast<std::size_t>(length));
  if (const cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr && header->cmsg_type == SCM_CREDENTIALS) {
    ucred sender{};
    std::memcpy(&sender, CMSG_DATA(header), sizeof sender);
    packet.sender = sender.pid;
  }
  last = packet.text;
  return packet;
}

Packet RunningSandbox::next_but_limits() {
  Packet packet = next();
  while (packet.text.starts_with("limit processes")) packet = next();
  return packet;
}

void RunningSandbox::say(const std::string& text) const {
  EXPECT_EQ(::send(control_.get(), text.data(), text.size(), MSG_NOSIGNAL), static_cast<ssize_t>(text.size()));
}

void RunningSandbox::prepare() {
  const Packet ready = next();
  EXPECT_EQ(ready.text, "ready") << own_errors();
  init_ = ready.sender;
  const Packet waiting = next();
  EXPECT_EQ(waiting.text, "waiting") << own_errors();
  program_ = waiting.sender;
  EXPECT_NE(program_, init_);
}

void RunningSandbox::start() {
  prepare();
  say("go");
  const Packet executed = next();
  EXPECT_EQ(executed.text, "executed");
  EXPECT_EQ(executed.sender, init_);
}

int RunningSandbox::ended() {
  const Packet packet = next_but_limits();
  if (!packet.text.starts_with("ended ")) {
    ADD_FAILURE() << "\"" << packet.text << "\" came instead of \"ended\"";
    return -1;
  }
  return std::stoi(packet.text.substr(std::strlen("ended ")));
}

int RunningSandbox::release() {
  say("release");
  return finish();
}

int RunningSandbox::finish() {
  int status = 0;
  if (!eventually([&] { return ::waitpid(cell_, &status, WNOHANG) == cell_; })) {
    ADD_FAILURE() << "the cell does not end";
    return -1;
  }
  cell_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void RunningSandbox::type(const std::string& text) const {
  EXPECT_EQ(::write(input_.get(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
}

std::string RunningSandbox::read_to_end(int descriptor, std::string text) {
  std::array<char, 65536> buffer;
  while (true) {
    pollfd waiting{descriptor, POLLIN, 0};
    if (::poll(&waiting, 1, static_cast<int>(std::chrono::milliseconds(patience).count())) != 1) {
      ADD_FAILURE() << "no end of file is seen after: " << text;
      return text;
    }
    const ssize_t length = ::read(descriptor, buffer.data(), buffer.size());
    if (length <= 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(length));
  }
}

std::string RunningSandbox::output() { return read_to_end(output_.get(), std::move(shown_)); }
std::string RunningSandbox::errors() { return read_to_end(errors_.get(), {}); }

bool RunningSandbox::shows(const std::string& text) {
  const int descriptor = ::isatty(input_.get()) ? input_.get() : output_.get();
  std::array<char, 65536> buffer;
  while (shown_.find(text) == std::string::npos) {
    pollfd waiting{descriptor, POLLIN, 0};
    const bool more = ::poll(&waiting, 1, static_cast<int>(std::chrono::milliseconds(patience).count())) == 1;
    const ssize_t length = more ? ::read(descriptor, buffer.data(), buffer.size()) : 0;
    if (length <= 0) {
      ADD_FAILURE() << "\"" << text << "\" never comes; came: " << shown_;
      return false;
    }
    shown_.append(buffer.data(), static_cast<std::size_t>(length));
  }
  return true;
}

std::string RunningSandbox::own_errors() const { return contents(own_errors_.get()); }

std::vector<pid_t> RunningSandbox::processes() const {
  std::vector<pid_t> found;
  std::error_code gone;
  const auto space = std::filesystem::read_symlink(fmt::format("/proc/{}/ns/pid", init_), gone);
  if (gone) return found;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const std::string name = entry.path().filename();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    const auto other = std::filesystem::read_symlink(entry.path() / "ns/pid", gone);
    if (!gone && other == space && std::stoi(name) != init_) found.push_back(std::stoi(name));
  }
  return found;
}

Plain run_plainly(const std::vector<std::string>& arguments) {
  std::vector<std::string> words = {sandbox_init()};
  words.insert(words.end(), arguments.begin(), arguments.end());
  const std::vector<char*> list = pointers(words);
  const FileDescriptor out(::memfd_create("stdout", MFD_CLOEXEC));
  const FileDescriptor err(::memfd_create("stderr", MFD_CLOEXEC));
  const pid_t process = ::fork();
  if (process == 0) {
    ::dup2(out.get(), STDOUT_FILENO);
    ::dup2(err.get(), STDERR_FILENO);
    ::execv(list[0], list.data());
    ::_exit(72);
  }
  int status = 0;
  ::waitpid(process, &status, 0);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), contents(out.get()), contents(err.get())};
}

unsigned program_owner() { return ::geteuid() == 0 ? 65534 : 0; }

std::string status_field(pid_t process, const std::string& name) {
  std::ifstream status(fmt::format("/proc/{}/status", process));
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(name + ":\t")) return line.substr(name.size() + 2);
  }
  return {};
}

}  // namespace wireproof::sandbox::testing
