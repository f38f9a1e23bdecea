#pragma once

#include "core/detect/result_block.h"
