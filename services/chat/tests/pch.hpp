#pragma once
// What nearly every test of the service reads: its worlds, and with them all of the service.
#include <gtest/gtest.h>

#include "services/chat/tests/assistant_world.hpp"
