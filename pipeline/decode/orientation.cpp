#include "inflow/pipeline/decode/detail/orientation.hpp"

#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include <libexif/exif-data.h>
#include <opencv2/core.hpp>

#include "inflow/pipeline/decode/detail/picture_file.hpp"

namespace inflow {
namespace {

// Every orientation is the axes exchanged or not, and then the columns, the rows or both reversed.
bool exchanges_axes(int orientation) { return orientation >= 5 && orientation <= 8; }

bool reverses_columns(int orientation) {
  return orientation == 2 || orientation == 3 || orientation == 6 || orientation == 7;
}

bool reverses_rows(int orientation) {
  return orientation == 3 || orientation == 4 || orientation == 7 || orientation == 8;
}

Box exchanged(const Box& box) {
  return {.top = box.left, .left = box.top, .height = box.width, .width = box.height};
}

Box reversed(Box box, Size size, int orientation) {
  if (reverses_columns(orientation)) box.left = size.width - box.left - box.width;
  if (reverses_rows(orientation)) box.top = size.height - box.top - box.height;
  return box;
}

constexpr std::string_view kMark("Exif\0\0", 6);

}  // namespace

int exif_orientation(std::span<const std::uint8_t> exif) {
  std::vector<std::uint8_t> marked;
  if (!begins_with(exif, kMark)) {
    marked.assign(kMark.begin(), kMark.end());
    marked.insert(marked.end(), exif.begin(), exif.end());
    exif = marked;
  }
  const std::unique_ptr<ExifData, void (*)(ExifData*)> data(exif_data_new(), exif_data_unref);
  // Else it makes up what a file should have said.
  exif_data_unset_option(data.get(), EXIF_DATA_OPTION_FOLLOW_SPECIFICATION);
  exif_data_load_data(data.get(), exif.data(), static_cast<unsigned>(exif.size()));
  const ExifEntry* entry = exif_content_get_entry(data->ifd[EXIF_IFD_0], EXIF_TAG_ORIENTATION);
  if (entry == nullptr || entry->format != EXIF_FORMAT_SHORT || entry->components < 1) return 1;
  const int orientation = exif_get_short(entry->data, exif_data_get_byte_order(data.get()));
  return orientation >= 1 && orientation <= 8 ? orientation : 1;
}

Size turned(Size stored, int orientation) {
  return exchanges_axes(orientation) ? Size{.height = stored.width, .width = stored.height}
                                     : stored;
}

Box stored_window(const Box& window, Size turned, int orientation) {
  const Box box = reversed(window, turned, orientation);
  return exchanges_axes(orientation) ? exchanged(box) : box;
}

Box turned_window(const Box& window, Size turned, int orientation) {
  return reversed(exchanges_axes(orientation) ? exchanged(window) : window, turned, orientation);
}

void turn(const Image& stored, int orientation, Image& image) {
  const bool columns = reverses_columns(orientation);
  const bool rows = reverses_rows(orientation);
  const bool exchanges = exchanges_axes(orientation);
  if (exchanges) cv::transpose(stored, image);
  if (columns || rows) cv::flip(exchanges ? image : stored, image, columns && rows ? -1 : columns);
  if (!exchanges && !columns && !rows) stored.copyTo(image);
}

}  // namespace inflow
