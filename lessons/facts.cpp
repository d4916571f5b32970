#include "lessons/facts.hpp"

#include "lib/tensor/error.hpp"

namespace cnnlab {

// Each lesson's facts.cpp defines one of these.
namespace one_by_one {
FactList facts();
}
namespace inception {
FactList facts();
}
namespace deeper {
FactList facts();
}
namespace degradation {
FactList facts();
}
namespace residual {
FactList facts();
}
namespace dense {
FactList facts();
}
namespace compare {
FactList facts();
}

FactList facts_of(const Lesson& lesson) {
  static const std::map<std::string, FactList (*)()> all{
      {"one_by_one", one_by_one::facts},   {"inception", inception::facts}, {"deeper", deeper::facts},
      {"degradation", degradation::facts}, {"residual", residual::facts},   {"dense", dense::facts},
      {"compare", compare::facts},
  };
  const auto found = all.find(lesson.id);
  check(found != all.end(), "lesson ", lesson.id, " has no facts");
  return found->second();
}

}  // namespace cnnlab
