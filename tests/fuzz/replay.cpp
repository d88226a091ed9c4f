#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include <malloc.h>

#include "inflow/ops/random.hpp"

// Stands for libFuzzer with any compiler: replay DIRECTORY... COUNT gives the fuzzed function every
// file of the directories, then COUNT inputs that are the same in every run: random bytes, and
// files with some bytes changed, cut off or there twice. An input that ends the program is printed,
// so that it can become a file; so is one that takes more memory than kMostBytes.

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" {
void __sanitizer_set_death_callback(void (*callback)()) __attribute__((weak));
int __sanitizer_install_malloc_and_free_hooks(void (*malloc_hook)(const volatile void*, size_t),
                                              void (*free_hook)(const volatile void*))
    __attribute__((weak));
size_t __sanitizer_get_allocated_size(const volatile void*) __attribute__((weak));
}

namespace {

// What one input may take from the heap.
constexpr std::int64_t kMostBytes = std::int64_t{64} << 20;

std::atomic<std::int64_t> held{0};
std::atomic<std::int64_t> held_before{0};  // the input at work
std::atomic<std::int64_t> most{0};         // by any input

void take(std::size_t bytes) {
  const std::int64_t now = held += static_cast<std::int64_t>(bytes);
  const std::int64_t by_input = now - held_before;
  if (by_input > most) most = by_input;
  if (by_input <= kMostBytes) return;
  std::fputs("broken: an input takes too much memory\n", stderr);
  std::abort();
}

void give_back(std::size_t bytes) { held -= static_cast<std::int64_t>(bytes); }

using Bytes = std::vector<std::uint8_t>;

const Bytes* at_work = nullptr;

void print_input() {
  std::fputs("input, for printf: ", stderr);
  for (const std::uint8_t byte : *at_work) std::fprintf(stderr, "\\x%02x", unsigned{byte});
  std::fputs("\n", stderr);
}

void try_input(const Bytes& input) {
  at_work = &input;
  held_before = held.load();
  LLVMFuzzerTestOneInput(input.data(), input.size());
}

void append_files(const std::filesystem::path& directory, std::vector<Bytes>& files) {
  std::vector<std::filesystem::path> paths(std::filesystem::directory_iterator(directory), {});
  std::ranges::sort(paths);
  for (const std::filesystem::path& path : paths) {
    std::ifstream file(path, std::ios::binary);
    files.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
}

Bytes random_bytes(inflow::Rng& rng) {
  Bytes bytes(rng.below(200));
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(rng());
  return bytes;
}

Bytes changed(Bytes bytes, inflow::Rng& rng) {
  if (bytes.empty()) return bytes;
  const auto place = [&] { return rng.below(static_cast<std::uint32_t>(bytes.size())); };
  for (std::uint32_t change = rng.below(6); change > 0; --change)
    bytes[place()] = static_cast<std::uint8_t>(rng());
  switch (rng.below(8)) {
    case 0:
      bytes.resize(place());
      break;
    case 1: {
      const Bytes end(bytes.begin() + place(), bytes.end());
      bytes.resize(place());
      bytes.insert(bytes.end(), end.begin(), end.end());
      break;
    }
    default:
      break;
  }
  return bytes;
}

}  // namespace

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

// Sanitizers tell of what is taken; without one, this program stands in for malloc.
extern "C" {

void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);
void __libc_free(void*);

void* malloc(std::size_t size) {
  void* const memory = __libc_malloc(size);
  take(malloc_usable_size(memory));
  return memory;
}

void* calloc(std::size_t count, std::size_t size) {
  void* const memory = __libc_calloc(count, size);
  take(malloc_usable_size(memory));
  return memory;
}

void* realloc(void* memory, std::size_t size) {
  const std::size_t before = malloc_usable_size(memory);
  void* const moved = __libc_realloc(memory, size);
  if (moved == nullptr && size > 0) return nullptr;
  give_back(before);
  take(malloc_usable_size(moved));
  return moved;
}

void* memalign(std::size_t alignment, std::size_t size) {
  void* const memory = __libc_memalign(alignment, size);
  take(malloc_usable_size(memory));
  return memory;
}

void* aligned_alloc(std::size_t alignment, std::size_t size) { return memalign(alignment, size); }

int posix_memalign(void** memory, std::size_t alignment, std::size_t size) {
  *memory = memalign(alignment, size);
  return *memory == nullptr ? ENOMEM : 0;
}

void free(void* memory) {
  give_back(malloc_usable_size(memory));
  __libc_free(memory);
}

}  // extern "C"

#endif

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fputs("usage: replay DIRECTORY... COUNT\n", stderr);
    return 2;
  }
  std::signal(SIGABRT, [](int) { print_input(); });
  if (__sanitizer_set_death_callback != nullptr) __sanitizer_set_death_callback(print_input);
  if (__sanitizer_install_malloc_and_free_hooks != nullptr) {
    __sanitizer_install_malloc_and_free_hooks(
        [](const volatile void*, std::size_t size) { take(size); },
        [](const volatile void* memory) { give_back(__sanitizer_get_allocated_size(memory)); });
  }
  std::vector<Bytes> files;
  for (int i = 1; i + 1 < argc; ++i) append_files(argv[i], files);
  if (files.empty()) {
    std::fputs("the directories have no files\n", stderr);
    return 2;
  }
  for (const Bytes& file : files) try_input(file);
  const std::uint64_t count = std::strtoull(argv[argc - 1], nullptr, 10);
  for (std::uint64_t number = 0; number < count; ++number) {
    inflow::Rng rng({.seed = number}, inflow::Stream::crop);
    const bool is_new = number % 4 != 0;
    try_input(is_new ? random_bytes(rng) : changed(files[number / 4 % files.size()], rng));
  }
  std::printf("%zu files and %llu random inputs, of at most %lld bytes of memory\n", files.size(),
              static_cast<unsigned long long>(count), static_cast<long long>(most));
}
