#include "inflow/pipeline/detail/opencv_threads.hpp"

#include <opencv2/core/utility.hpp>

namespace inflow {

void keep_opencv_on_one_thread() { cv::setNumThreads(1); }

}  // namespace inflow
