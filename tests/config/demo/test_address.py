import socket

import pytest

from config.demo import address
from config.demo.errors import DemoError


@pytest.mark.parametrize(("said", "port"), [(None, 8000), ("", 8000), ("8001", 8001), ("65535", 65535)])
def test_the_port_is_8000_unless_told(said, port):
    assert address.chosen_port({} if said is None else {"PORT": said}) == port


@pytest.mark.parametrize("said", ["abc", "0", "65536", "-1", "8000 ", "８０００"])
def test_what_is_no_port_is_refused(said):
    with pytest.raises(DemoError, match=r"is not a port. Choose a number"):
        address.chosen_port({"PORT": said})


def test_a_taken_port_is_named_with_the_way_to_choose_another():
    with socket.socket() as taken:
        taken.bind((address.HOST, 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(DemoError, match=f"Port {port} is taken by another program. .*PORT=8001"):
            address.check_port_is_free(port)
    address.check_port_is_free(port)


def test_a_second_demo_of_the_same_data_is_told_where_the_first_one_is(tmp_path):
    with address.only_demo(tmp_path, 8123):
        running = r"already running at http://127.0.0.1:8123/ with the data in"
        with pytest.raises(DemoError, match=running), address.only_demo(tmp_path, 9123):
            pytest.fail("two demos at once")
    with address.only_demo(tmp_path, 9123):
        pass
