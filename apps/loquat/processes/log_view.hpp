#pragma once
#include <functional>
#include <string>
#include <string_view>

namespace loquat::app {

// Cuts what a process writes into lines.  A line that has no end within `line_bytes_max` is given
// in pieces.
class LineCutter {
  public:
    static constexpr std::size_t line_bytes_max = 64 * 1024;
    using Take = std::function<void(std::string_view line)>;

    void add(std::string_view bytes, const Take& take);
    // The rest that has no end, when nothing more comes.
    void finish(const Take& take);

  private:
    std::string rest_;
};

// What several processes say, on one standard error: the name of the process before each line.
class LogView {
  public:
    enum class Colours { no, yes };

    LogView(Colours colours, std::size_t name_width) : colours_(colours), width_(name_width) {}

    // `number` chooses the colour of the name.
    void write(std::string_view name, std::size_t number, std::string_view line) const;
    // A line of the supervisor itself.
    void say(std::string_view line) const;

    std::string format(std::string_view name, std::size_t number, std::string_view line) const;

  private:
    Colours colours_;
    std::size_t width_;
};

}  // namespace loquat::app
