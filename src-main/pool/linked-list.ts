/** A doubly linked list of items that carry their own links: every operation is one step. */
export interface Linked<T> {
  prev: T | null
  next: T | null
}

export class LinkedList<T extends Linked<T>> {
  head: T | null = null
  tail: T | null = null
  size = 0

  push(item: T): void {
    item.prev = this.tail
    item.next = null
    if (this.tail) this.tail.next = item
    else this.head = item
    this.tail = item
    this.size++
  }

  unshift(item: T): void {
    item.next = this.head
    item.prev = null
    if (this.head) this.head.prev = item
    else this.tail = item
    this.head = item
    this.size++
  }

  /** The item must be in this list. */
  remove(item: T): void {
    if (item.prev) item.prev.next = item.next
    else this.head = item.next
    if (item.next) item.next.prev = item.prev
    else this.tail = item.prev
    item.prev = null
    item.next = null
    this.size--
  }
}
