#include "base/embedding/table.hpp"

namespace loquat::embedding {
namespace {

constexpr char vocabulary_bytes[] = {
#embed "data/vocab.txt"
};
constexpr char scale_bytes[] = {
#embed "data/scale.f32"
};
constexpr char table_bytes[] = {
#embed "data/table.i8"
};

}  // namespace

std::string_view vocabulary() { return {vocabulary_bytes, sizeof(vocabulary_bytes)}; }
std::string_view scales() { return {scale_bytes, sizeof(scale_bytes)}; }
std::string_view table() { return {table_bytes, sizeof(table_bytes)}; }

}  // namespace loquat::embedding
