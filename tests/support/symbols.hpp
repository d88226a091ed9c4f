#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <cxxabi.h>
#include <dlfcn.h>
#include <elf.h>

namespace inflow::support {

// Names functions by address: those of this program, local ones too, by name; others by the library
// they are in.
class Symbols {
 public:
  Symbols() {
    Dl_info info{};
    if (dladdr(reinterpret_cast<const void*>(&anchor), &info) == 0) return;
    base_ = reinterpret_cast<std::uintptr_t>(info.dli_fbase);
    program_ = info.dli_fbase;
    std::ifstream file("/proc/self/exe", std::ios::binary);
    const std::string image{std::istreambuf_iterator<char>(file), {}};
    const auto header = at<Elf64_Ehdr>(image, 0);
    for (std::size_t i = 0; i < header.e_shnum; ++i) {
      const auto section = at<Elf64_Shdr>(image, header.e_shoff + i * header.e_shentsize);
      if (section.sh_type != SHT_SYMTAB) continue;
      const auto names =
          at<Elf64_Shdr>(image, header.e_shoff + section.sh_link * header.e_shentsize);
      for (std::size_t offset = 0; offset < section.sh_size; offset += sizeof(Elf64_Sym)) {
        const auto symbol = at<Elf64_Sym>(image, section.sh_offset + offset);
        if (ELF64_ST_TYPE(symbol.st_info) != STT_FUNC || symbol.st_size == 0) continue;
        functions_.push_back(
            {symbol.st_value, symbol.st_size, image.c_str() + names.sh_offset + symbol.st_name});
      }
    }
    std::ranges::sort(functions_, {}, &Function::start);
  }

  std::string name_of(const void* address) const {
    Dl_info info{};
    if (dladdr(address, &info) == 0) return "unknown";
    if (info.dli_fbase != program_) return library_name(info.dli_fname);
    const std::uintptr_t place = reinterpret_cast<std::uintptr_t>(address) - base_;
    auto found = std::ranges::upper_bound(functions_, place, {}, &Function::start);
    if (found == functions_.begin() || place >= (--found)->start + found->size) return "unknown";
    const std::unique_ptr<char, void (*)(void*)> plain(
        abi::__cxa_demangle(found->name.c_str(), nullptr, nullptr, nullptr), std::free);
    return plain ? plain.get() : found->name;
  }

 private:
  struct Function {
    std::uintptr_t start;
    std::uintptr_t size;
    std::string name;
  };

  static void anchor() {}

  template <class T>
  static T at(const std::string& image, std::size_t offset) {
    T value{};
    if (offset + sizeof(T) <= image.size()) std::memcpy(&value, image.data() + offset, sizeof(T));
    return value;
  }

  static std::string library_name(const char* path) {
    const std::string text = path;
    return text.substr(text.rfind('/') + 1);
  }

  std::uintptr_t base_ = 0;
  const void* program_ = nullptr;
  std::vector<Function> functions_;
};

}  // namespace inflow::support
