// Deadlines in working days, behind a port: which days are worked is announced by the State Council each autumn for the year after.
import chineseDays from 'chinese-days';

export interface WorkingCalendar {
  /** `day` is YYYY-MM-DD. */
  isWorkingDay(day: string): boolean;
}

/** Fixed by the law itself (全国年节及纪念日放假办法, 2024): what is known of a year that has not been announced yet. */
const FIXED = ['01-01', '05-01', '05-02', '10-01', '10-02', '10-03'];

/** Mainland China: weekends, holidays, and the weekends worked instead, as announced; of later years weekends and the fixed holidays. */
export const chinaCalendar: WorkingCalendar = {
  isWorkingDay: (day) => chineseDays.isWorkday(day) && !FIXED.includes(day.slice(5)),
};

/** The n-th working day after `day`. */
export function workingDayAfter(day: string, n: number, calendar = chinaCalendar): string {
  let at = day;
  for (let left = n; left > 0; ) {
    at = nextDay(at);
    if (calendar.isWorkingDay(at)) left -= 1;
  }
  return at;
}

function nextDay(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
}
