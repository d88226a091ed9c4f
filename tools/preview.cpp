#include "inflow/tools/preview.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <CLI/App.hpp>
#include <CLI/Validators.hpp>
#include <nlohmann/json.hpp>

#include "inflow/pipeline/file.hpp"
#include "inflow/pipeline/graph.hpp"
#include "inflow/pipeline/picture.hpp"
#include "inflow/pipeline/provenance.hpp"
#include "inflow/pipeline/run.hpp"
#include "inflow/pipeline/sheet.hpp"
#include "inflow/tools/program.hpp"
#include "inflow/tools/run_settings.hpp"

namespace inflow::tools {
namespace {

struct PreviewArguments {
  SettingsArguments settings;
  std::filesystem::path ops;
  std::filesystem::path out = "preview.png";
  std::filesystem::path provenance;
  std::filesystem::path policy;
  int samples = 8;
  bool overwrite = false;
};

Image row_picture(const BatchData& batch, std::size_t view, std::size_t row) {
  const Size size = batch.sizes[view];
  Image picture(size.height, size.width);
  const std::span<const std::byte> pixels = batch.row(view, row);
  std::memcpy(picture.data, pixels.data(), pixels.size());
  return picture;
}

// The picture of a file, at most `side` pixels high and wide.
Image small_picture(const std::filesystem::path& path, int side) {
  Image image;
  if (const SampleError error = read_picture(path.string(), image); error.fault != Fault::none) {
    throw InputError(error.message());
  }
  const double scale = std::min(1.0, side / static_cast<double>(std::max(image.rows, image.cols)));
  const auto scaled = [scale](int length) {
    return std::max(1, static_cast<int>(std::lround(length * scale)));
  };
  Image small;
  RenderScratch scratch;
  render_base(Profile::pil, image,
              {.crop = {.height = image.rows, .width = image.cols},
               .size = {.height = scaled(image.rows), .width = scaled(image.cols)}},
              small, scratch);
  return small;
}

// A row for every numbered op: the picture at MADAug's levels 0, 1/4, 1/2, 3/4 and 1.
Image op_sheet(const Image& picture) {
  constexpr int kLevels = 5;
  std::vector<Image> tiles;
  for (const Op& op : catalog()) {
    for (int level = 0; level < kLevels; ++level) {
      const float magnitude = op.range(static_cast<float>(level) / (kLevels - 1));
      op.apply(picture, tiles.emplace_back(), magnitude, 0.5F, 0.5F);
    }
  }
  return sheet(tiles, {.columns = kLevels, .magnification = 1});
}

// The first samples of a stream, as pictures.
struct Drawn {
  Pipeline pipeline;
  Batch batch{};
};

Drawn draw(PipelineOptions options, int samples, const OwnParts& own = {}) {
  options.batch = {.size = samples,
                   .channels = 3,
                   .dtype = Dtype::uint8,
                   .layout = Layout::nhwc,
                   .last = LastBatch::partial,
                   .keep_drawn = true};
  Drawn drawn{.pipeline = compile(graph_of(options, own))};
  drawn.batch = run_serial(drawn.pipeline)->next();
  return drawn;
}

// A row for each sample: its original, then its views.
Image sheet_of(const Drawn& drawn) {
  const BatchData& batch = *drawn.batch;
  std::vector<Image> tiles;
  for (std::size_t row = 0; row < batch.count; ++row) {
    tiles.push_back(
        plain_picture(*drawn.pipeline.source, batch.indices[row], drawn.pipeline.views));
    for (std::size_t view = 0; view < batch.views.size(); ++view)
      tiles.push_back(row_picture(batch, view, row));
  }
  return sheet(tiles, {.columns = static_cast<int>(batch.views.size()) + 1});
}

std::string lines_of(const Drawn& drawn) {
  std::string lines;
  for (const Provenance& provenance : provenance_of(drawn.pipeline, *drawn.batch)) {
    lines += to_json(provenance, drawn.pipeline.ops) + '\n';
  }
  return lines;
}

Drawn drawn_of(const PreviewArguments& arguments) {
  const bool configured = !arguments.settings.config.empty();
  if (!arguments.policy.empty()) {
    const LearnedPolicy learned = read_policy(arguments.policy);
    return draw(configured ? read_pipeline(arguments.settings) : learned.pipeline,
                arguments.samples, {.policy = learned.policy});
  }
  if (!configured) {
    throw UsageError("CONFIG is required, or --ops PICTURE, or --policy CHECKPOINT");
  }
  return draw(read_pipeline(arguments.settings), arguments.samples);
}

Image preview_of(const PreviewArguments& arguments) {
  constexpr int kSide = 160;
  if (!arguments.ops.empty()) return op_sheet(small_picture(arguments.ops, kSide));
  const Drawn drawn = drawn_of(arguments);
  if (!arguments.provenance.empty()) write_whole(arguments.provenance, lines_of(drawn));
  return sheet_of(drawn);
}

ExitCode preview(const PreviewArguments& arguments, const Program& program) {
  check_output_file(arguments.out, arguments.overwrite);
  if (!arguments.provenance.empty()) check_output_file(arguments.provenance, arguments.overwrite);
  write_png(arguments.out, preview_of(arguments));
  const std::string out = arguments.out.string();
  std::cout << (program.json ? nlohmann::ordered_json{{"out", out}}.dump() : out) << '\n';
  return ExitCode::done;
}

}  // namespace

Image plain_picture(const Source& source, std::uint64_t index, const ViewOptions& views) {
  Sample sample;
  if (const SampleError error = source.at(index, sample); error.fault != Fault::none) {
    throw InputError(error.message());
  }
  ViewOptions plain = view_presets().part("plain").options.as<ViewOptions>();
  plain.size = views.size;
  plain.filter = views.filter;
  plain.antialias = views.antialias;
  Image picture;
  RenderScratch scratch;
  render_base(views.profile, sample.image, draw_base(plain, {}, size_of(sample.image)), picture,
              scratch);
  return picture;
}

Image view_sheet(PipelineOptions options, int samples, const OwnParts& own) {
  return sheet_of(draw(std::move(options), samples, own));
}

void add_preview(CLI::App& app, Program& program) {
  CLI::App* command =
      app.add_subcommand("preview", "Draw originals and their views, or all ops, as a PNG");
  const auto arguments = std::make_shared<PreviewArguments>();
  add_settings_arguments(*command, arguments->settings);
  CLI::Option* const config = command->get_option("CONFIG")->required(false);
  command
      ->add_option("--ops", arguments->ops,
                   "Instead: every numbered op at five levels on this picture")
      ->excludes(config);
  command->add_option("--out,-o", arguments->out, "The picture to write")->capture_default_str();
  command->add_option("--samples", arguments->samples, "Rows of the picture")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  command
      ->add_option("--provenance", arguments->provenance,
                   "Also write what each view was made of, a JSON line each, for `inflow replay`")
      ->excludes("--ops");
  command
      ->add_option("--policy", arguments->policy,
                   "What the policy in a run's checkpoint does now, to the samples of CONFIG or, "
                   "without one, of that run")
      ->excludes("--ops");
  command->add_flag("--overwrite", arguments->overwrite, "Replace an existing file");
  command->callback([arguments, &program] {
    program.chosen = [arguments](const Program& told) { return preview(*arguments, told); };
  });
}

}  // namespace inflow::tools
