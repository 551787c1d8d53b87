#pragma once
#include <string>
#include <utility>

#include "aio/task.hpp"
#include "base/failure.hpp"

namespace loquat::test {

// The code of the Failure that `call` throws; empty when it throws none.
template <class Call>
std::string code_of(Call call) {
    try {
        call();
    } catch (const Failure& failure) {
        return failure.code;
    }
    return {};
}

// The same of a task; "ok" when it fails with none.
template <class T>
Task<std::string> code_of(Task<T> task) {
    try {
        co_await std::move(task);
    } catch (const Failure& failure) {
        co_return failure.code;
    }
    co_return "ok";
}

}  // namespace loquat::test
