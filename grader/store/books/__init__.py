"""The station's books, `station.db`: schema, records, the follower of the journal, and what can be asked."""

from grader.store.books.asking import one_moment
from grader.store.books.books import BOOKS, Books, BooksToWrite
from grader.store.books.follower import Follower
from grader.store.books.statements import BookRecord

__all__ = ["BOOKS", "BookRecord", "Books", "BooksToWrite", "Follower", "one_moment"]
