#include "inflow/pipeline/sheet.hpp"

#include <algorithm>
#include <string>

#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "inflow/ops/error.hpp"
#include "inflow/pipeline/file.hpp"

namespace inflow {
namespace {

void expect_at_least(int least, int found, const std::string& name) {
  if (found >= least) return;
  throw UsageError(name + " of a sheet must be at least " + std::to_string(least) + ": " +
                   std::to_string(found));
}

Size cell_of(std::span<const Image> tiles) {
  Size cell;
  for (const Image& tile : tiles) {
    if (tile.empty()) throw UsageError("a tile of a sheet has no pixels");
    cell = {.height = std::max(cell.height, tile.rows), .width = std::max(cell.width, tile.cols)};
  }
  return cell;
}

}  // namespace

Image sheet(std::span<const Image> tiles, const SheetOptions& options) {
  if (tiles.empty()) throw UsageError("a sheet needs at least one tile");
  expect_at_least(1, options.columns, "columns");
  expect_at_least(0, options.gap, "gap");
  expect_at_least(1, options.magnification, "magnification");
  const Size cell = cell_of(tiles);
  const int count = static_cast<int>(tiles.size());
  const int columns = std::min(options.columns, count);
  const int rows = (count + columns - 1) / columns;
  const int down = cell.height * options.magnification + options.gap;
  const int across = cell.width * options.magnification + options.gap;
  Image picture(rows * down + options.gap, columns * across + options.gap,
                cv::Vec3b(255, 255, 255));
  for (int number = 0; number < count; ++number) {
    const Image& tile = tiles[static_cast<std::size_t>(number)];
    const cv::Rect place(options.gap + number % columns * across,
                         options.gap + number / columns * down, tile.cols * options.magnification,
                         tile.rows * options.magnification);
    cv::Mat target = picture(place);
    cv::resize(tile, target, place.size(), 0, 0, cv::INTER_NEAREST);
  }
  return picture;
}

std::vector<std::uint8_t> encode_png(const Image& image) {
  if (image.empty()) throw UsageError("a picture without pixels cannot be encoded");
  cv::Mat bgr;
  cv::cvtColor(image, bgr, cv::COLOR_RGB2BGR);
  std::vector<std::uint8_t> bytes;
  cv::imencode(".png", bgr, bytes);
  return bytes;
}

void write_png(const std::filesystem::path& path, const Image& image) {
  const std::vector<std::uint8_t> bytes = encode_png(image);
  write_whole(path, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

}  // namespace inflow
