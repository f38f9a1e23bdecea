#pragma once

#include "core/base/mode.h"
