#include "sandbox/system_call_filter.hpp"

#include "command_line/program.hpp"

namespace wireproof::sandbox {
namespace {

void expect_success(int outcome, std::string_view tried) {
  if (outcome < 0) fail(tried, -outcome);
}

}  // namespace

SystemCallFilter::SystemCallFilter(const std::vector<RefusalGroup>& groups) : context_(::seccomp_init(SCMP_ACT_ALLOW)) {
  if (!context_) throw Failure("make a seccomp filter: libseccomp refuses");
  expect_success(::seccomp_attr_set(context_.get(), SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS),
                 "make a seccomp filter kill calls of other architectures");
  // no_new_privs is set beforehand, for all programs alike.
  expect_success(::seccomp_attr_set(context_.get(), SCMP_FLTATR_CTL_NNP, 0), "make a seccomp filter");
  // A tree: what Linux before 5.11 walks through at every call grows with the table's logarithm.
  expect_success(::seccomp_attr_set(context_.get(), SCMP_FLTATR_CTL_OPTIMIZE, 2), "make a seccomp filter a tree");
  for (const RefusalGroup& group : groups) {
    for (const Refusal& refusal : group.refusals) {
      if (refusal.call < 0) continue;
      const auto action = SCMP_ACT_ERRNO(static_cast<std::uint16_t>(refusal.error));
      expect_success(::seccomp_rule_add_array(context_.get(), action, refusal.call,
                                              static_cast<unsigned>(refusal.when.size()), refusal.when.data()),
                     fmt::format("add system call {} to the seccomp filter", refusal.call));
    }
  }
}

int SystemCallFilter::load() const { return -::seccomp_load(context_.get()); }

}  // namespace wireproof::sandbox
