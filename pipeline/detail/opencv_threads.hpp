#pragma once

namespace inflow {

// Makes OpenCV do its work on the thread that asks for it. Its own pool may be the very one that
// runs the flow graph, and a nested loop there could start another stage in the middle of one.
void keep_opencv_on_one_thread();

}  // namespace inflow
