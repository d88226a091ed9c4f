#pragma once

#include <cstdint>
#include <span>

#include "inflow/ops/random.hpp"

namespace inflow {

// A Feistel network: a keyed bijection of numbers of 2 * half_bits bits, applied to each of
// `blocks`. A round swaps the halves of a block and draws upon one of them by the other: the number
// that it draws is the first of Rng(key, stream, round), where the index of the key is that other
// half. half_bits lies in 1 .. 32. Computed with the widest vectors of the processor, some blocks
// at a time.
void encrypt_blocks(const ViewKey& key, Stream stream, int half_bits, std::uint8_t rounds,
                    std::span<std::uint64_t> blocks);

}  // namespace inflow
