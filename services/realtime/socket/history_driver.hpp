#pragma once
#include "services/realtime/edge.hpp"
#include "services/realtime/rooms/history_reader.hpp"

namespace loquat::realtime {

// Performs what readers of history want, with the chat service and the loop's time.
class HistoryDriver final : public HistoryRuns {
  public:
    explicit HistoryDriver(Edge& edge) : edge_(edge) {}

    void start(std::shared_ptr<HistoryReader> reader) override;

  private:
    Task<void> run(std::shared_ptr<HistoryReader> reader);
    Task<void> read(std::shared_ptr<HistoryReader> reader, ReadPage page);

    Edge& edge_;
};

}  // namespace loquat::realtime
