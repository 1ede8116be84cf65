/* SPDX-License-Identifier: Apache-2.0 */
/* Live charts on the supervision board; without script the drawings of the page stay. */
