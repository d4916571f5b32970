// What the page says in sentences, in both languages. Fixed labels stand in index.html.
import type { Language } from "./state";

const en = {
  wrongAddress: (values: string) => `The address contained values that cannot be, and they were left out: ${values}.`,
};

const ko: typeof en = {
  wrongAddress: (values) => `주소에 있을 수 없는 값이 있어서 뺐어요: ${values}`,
};

export function words(language: Language): typeof en {
  return language === "ko" ? ko : en;
}
