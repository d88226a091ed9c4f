// Profile `fast`, from source pixels to the row of the batch.

// What follows is compiled once for each kind of vectors.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "inflow/ops/view/fast/kernel.cpp"
#include <hwy/foreach_target.h>
//
#include <hwy/cache_control.h>

#include "inflow/ops/view/fast/detail/blur_inl.hpp"
#include "inflow/ops/view/fast/detail/colors_inl.hpp"
#include "inflow/ops/view/fast/detail/resize_inl.hpp"
#include "inflow/ops/view/fast/detail/row_inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace inflow::ops {
namespace HWY_NAMESPACE {

// What comes after the blur.
HWY_INLINE void finish(const FastJob& job, const Band& band) {
  if (job.solarize) solarize(band, *job.solarize);
  write(job, band);
}

template <class Resize>
HWY_INLINE void render_bands(const FastJob& job, const Picture& picture, Resize resize) {
  const Blurring blurring(job, picture);
  MeanLuma mean(job);
  const bool stretches = job.contrast < job.count;
  // What comes after the jitter; a blur waits for all rows.
  const auto complete = [&](const Band& band) HWY_ATTR {
    if (job.grayscale) grayscale(band);
    if (!blurring.happens()) finish(job, band);
  };
  picture.for_each_band([&](const Band& band) HWY_ATTR {
    for (int y = band.top; y < band.bottom; ++y) resize.make(y);
    apply_parts(job.before_contrast(), band);
    if (stretches) return mean.add(band);
    complete(band);
  });
  if (stretches) {
    const Word middle = all(mean.rounded());
    picture.for_each_band([&](const Band& band) HWY_ATTR {
      stretch(band, job.parts[job.contrast].factor,
              [&](Word, Word, Word) INFLOW_INLINE { return middle; });
      apply_parts(job.after_contrast(), band);
      complete(band);
    });
  }
  if (blurring.happens()) {
    picture.for_each_band([&](const Band& band) HWY_ATTR { finish(job, blurring.blur(band)); });
  }
  // What was written past the caches, before anybody hears of it.
  hwy::FlushStream();
}

void render_view(const FastJob& job) {
  const Picture picture(job);
  if (job.ycc) return render_bands(job, picture, YccResize(job, picture));
  render_bands(job, picture, RgbResize(job, picture));
}

}  // namespace HWY_NAMESPACE
}  // namespace inflow::ops
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace inflow::ops {

HWY_EXPORT(render_view);

void run_fast_kernel(const FastJob& job) { HWY_DYNAMIC_DISPATCH(render_view)(job); }

}  // namespace inflow::ops
#endif
