#pragma once

#include "core/encoder/two_path_stream.h"

namespace stint {

/// The continual form of an encoder, whichever it is.
template <typename T>
using ContinualStream = TwoPathStream<T>;

} // namespace stint
