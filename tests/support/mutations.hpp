#pragma once

#include <algorithm>
#include <filesystem>
#include <string>
#include <string_view>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "inflow/ops/random.hpp"
#include "inflow/pipeline/source.hpp"
#include "support/tiny_data.hpp"

namespace inflow::support {

// One of the damages a file may have, always the same for one number: cut short, or some of its
// bytes changed, taken out or there twice.
inline std::string mutated(std::string_view bytes, std::uint64_t number) {
  std::string text(bytes);
  Rng rng({.seed = 5, .index = number}, Stream::weights);
  const auto place = [&] { return rng.below(static_cast<std::uint32_t>(text.size())); };
  switch (rng.below(6)) {
    case 0:
      text.resize(place());
      break;
    case 1: {
      const std::size_t at = place();
      text.erase(at, rng.below(16));
      break;
    }
    case 2: {
      const std::size_t at = place();
      text.insert(at, text.substr(place(), rng.below(64)));
      break;
    }
    default:
      for (std::uint32_t left = 1 + rng.below(4); left > 0; --left) {
        const std::size_t at = place();
        constexpr std::string_view kExtremes("\x00\xFF\x7F\x80\x01", 5);
        const auto one_bit = static_cast<char>(text[at] ^ static_cast<char>(1U << rng.below(8)));
        text[at] = rng.below(2) == 0 ? one_bit : kExtremes[rng.below(5)];
      }
  }
  return text;
}

// Makes the source of `settings` for every mutation of the file at `path`, which it leaves as it
// was: each is refused with an InputError, or all its samples can be asked for.
inline void expect_to_survive_mutations(const std::filesystem::path& path,
                                        const nlohmann::json& settings, std::uint64_t count) {
  const std::string bytes = read_file(path);
  std::uint64_t refused = 0;
  for (std::uint64_t number = 0; number < count; ++number) {
    SCOPED_TRACE("mutation " + std::to_string(number));
    // A new file each time: to write over one may wait for the disk.
    std::filesystem::remove(path);
    write_file(path, mutated(bytes, number));
    try {
      const auto source = make_source(settings);
      Sample sample;
      for (std::uint64_t index = 0; index < source->size(); ++index) {
        (void)source->about(index);
        (void)source->at(index, sample);
      }
    } catch (const InputError& error) {
      ++refused;
      ASSERT_NE(std::string_view(error.what()).find(path.string()), std::string_view::npos)
          << error.what();
    } catch (const std::exception& error) {
      FAIL() << error.what();
    }
  }
  EXPECT_GT(refused, 0U);
  write_file(path, bytes);
}

}  // namespace inflow::support
