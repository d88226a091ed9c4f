// That a loader is threads of one process: it forks nothing, and needs neither sockets nor memory
// or names that processes share. This program forbids them to itself; what asks for one is killed.

#include <cstddef>
#include <fstream>
#include <string>

#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "inflow/pipeline/run.hpp"
#include "support/example_sources.hpp"
#include "support/small_pipeline.hpp"
#include "support/temporary_directory.hpp"

namespace inflow {
namespace {

// A system call that ends the process: two steps of the filter.
#define INFLOW_KILLED(call)                               \
  BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_##call, 0, 1), \
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS)

// False where the system forbids to forbid.
bool confine() {
  sock_filter steps[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
#ifdef __NR_fork  // not on every processor
      INFLOW_KILLED(fork),
      INFLOW_KILLED(vfork),
#endif
      INFLOW_KILLED(socket),
      INFLOW_KILLED(shmget),
      INFLOW_KILLED(semget),
      INFLOW_KILLED(msgget),
      INFLOW_KILLED(memfd_create),
      // A filter cannot see the flags of clone3; without it, the C library takes clone.
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_clone3, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_clone, 0, 3),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, args)),
      BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, CLONE_THREAD, 1, 0),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog program{.len = std::size(steps), .filter = steps};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

// The memory of this process that others could write to as well, as /proc has it.
std::string shared_memory() {
  std::ifstream maps("/proc/self/maps");
  std::string shared;
  for (std::string line; std::getline(maps, line);) {
    const std::string rights = line.substr(line.find(' ') + 1, 4);
    if (rights[1] == 'w' && rights[3] == 's') shared += line + "\n";
  }
  return shared;
}

TEST(ConfinedLoader, NeedsThreadsAlone) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "the sanitizers fork themselves";
#endif
  const support::TemporaryDirectory directory;
  const nlohmann::json settings = support::example_folder(directory.path());
  if (!confine()) GTEST_SKIP() << "this system lets no process confine itself (seccomp)";
  const auto loader = run_parallel(support::small_pipeline(support::make_source(settings)),
                                   {.threads = 4, .group = 2, .buffers = 2});
  std::uint64_t samples = 0;
  for (const Batch& batch : *loader) {
    samples += batch->count;
    EXPECT_EQ(shared_memory(), "");
  }
  EXPECT_EQ(samples, 2 * support::kExampleSamples);
}

}  // namespace
}  // namespace inflow
