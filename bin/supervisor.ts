/** The variable in which a process of the platform finds the id of the one that started it. */
export const SUPERVISOR = "KEPT_SUPERVISOR_PID";
