#include "services/realtime/socket/history_driver.hpp"

#include <optional>

#include "base/log.hpp"
#include "runtime/front/problem.hpp"

namespace loquat::realtime {

void HistoryDriver::start(std::shared_ptr<HistoryReader> reader) {
    edge_.tasks.start(run(std::move(reader)));
}

Task<void> HistoryDriver::run(std::shared_ptr<HistoryReader> reader) {
    HistoryStep step = reader->next();
    while (!std::holds_alternative<Rest>(step)) {
        if (const auto* pause = std::get_if<Pause>(&step)) {
            co_await edge_.loop.sleep_for(pause->time);
        } else {
            co_await read(reader, std::get<ReadPage>(step));
        }
        step = reader->next();
    }
}

Task<void> HistoryDriver::read(std::shared_ptr<HistoryReader> reader, ReadPage page) {
    contracts::MessagePage answer;
    std::exception_ptr error;
    try {
        answer =
            co_await edge_.chat.list_after(page.who, page.chat, page.after_seq, history_page_items);
    } catch (...) {
        error = std::current_exception();
    }
    if (!error) {
        reader->on_page(std::move(answer));
    } else if (aio::is_cancellation(error)) {
        std::rethrow_exception(error);
    } else {
        log_warn({.service = "realtime"}, "history could not be read",
                 {{"chat", page.chat.to_string()}, {"error", aio::describe(error)}});
        reader->on_failed(runtime::to_failure(error));
    }
}

}  // namespace loquat::realtime
