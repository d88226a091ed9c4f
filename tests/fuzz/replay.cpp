#include <algorithm>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "inflow/ops/random.hpp"

// Stands for libFuzzer with any compiler: replay DIRECTORY... COUNT gives the fuzzed function every
// file of the directories, then COUNT inputs that are the same in every run: random bytes, and
// files with some bytes changed, cut off or there twice. An input that ends the program is printed,
// so that it can become a file.

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" void __sanitizer_set_death_callback(void (*callback)()) __attribute__((weak));

namespace {

using Bytes = std::vector<std::uint8_t>;

const Bytes* at_work = nullptr;

void print_input() {
  std::fputs("input, for printf: ", stderr);
  for (const std::uint8_t byte : *at_work) std::fprintf(stderr, "\\x%02x", unsigned{byte});
  std::fputs("\n", stderr);
}

void try_input(const Bytes& input) {
  at_work = &input;
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

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fputs("usage: replay DIRECTORY... COUNT\n", stderr);
    return 2;
  }
  std::signal(SIGABRT, [](int) { print_input(); });
  if (__sanitizer_set_death_callback != nullptr) __sanitizer_set_death_callback(print_input);
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
  std::printf("%zu files and %llu random inputs\n", files.size(),
              static_cast<unsigned long long>(count));
}
