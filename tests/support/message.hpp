#pragma once

#include <string>
#include <utility>

#include <gtest/gtest.h>

namespace inflow::support {

// What the Error that `action` throws says; a failure if it throws none.
template <class Error, class Action>
std::string message_of(Action&& action) {
  try {
    std::forward<Action>(action)();
  } catch (const Error& error) {
    return error.what();
  }
  ADD_FAILURE() << "nothing was thrown";
  return {};
}

}  // namespace inflow::support
