// Package measure is the room that tells whether what was done has worked (効果).
//
// So far it holds the numbers of the shop by day ([Shop]): what the first page shows.
package measure
