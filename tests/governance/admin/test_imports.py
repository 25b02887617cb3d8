"""Import and export in the console: by the browser, each in the own street only."""

import pytest
from django.urls import reverse

from governance.domain import roles
from governance.imports.catalogue import REGISTERS
from governance.imports.sheets import XLSX
from governance.models import Estate, ImportState, PartyBranch, RegisterImport, Role
from tests.cast import LONG_AGO, client_of
from tests.governance.imports.workbooks import headings, of, rows_of, upload, xlsx

LIST = "/console/governance/estate/"
COLUMNS = ("community", "name", "address")


@pytest.fixture
def officer(cast):
    return client_of(cast.sun)


def page_of(brought: RegisterImport, verb: str = "change") -> str:
    return f"/console/governance/registerimport/{brought.pk}/{verb}/"


def bring(browser, *rows, code="estate", names=COLUMNS, **more) -> RegisterImport:
    """Upload these rows, as a person does; the import that comes of it."""
    file = upload(of(code, names, *rows))
    answer = browser.post(f"/console/governance/{code}/import/", {"file": file, **more})
    assert answer.status_code == 302, answer.context["form"].errors
    brought = RegisterImport.objects.latest("pk")
    assert answer["Location"] == page_of(brought)
    return brought


def test_the_list_offers_export_and_import(officer):
    page = officer.get(LIST + "?q=春和&p=2").content.decode()
    assert f'href="{LIST}export/?q=%E6%98%A5%E5%92%8C"' in page
    assert f'href="{LIST}import/"' in page


def test_an_export_holds_the_rows_of_the_own_street_as_listed(officer, cast):
    answer = officer.get(LIST + "export/")
    assert answer["Content-Type"] == XLSX
    assert answer["Content-Disposition"].startswith("attachment")
    assert [row[1] for row in rows_of(answer.content)[1:]] == ["星湖家园", "春和苑小区"]
    assert [row[1] for row in rows_of(officer.get(LIST + "export/?q=星湖").content)[1:]] == ["星湖家园"]


def test_an_administrators_export_says_whose_each_row_is(cast):
    rows = rows_of(client_of(cast.administrator).get(LIST + "export/").content)
    assert {(row[1], row[-1]) for row in rows[1:]} == {
        ("春和苑小区", "安和街道"),
        ("星湖家园", "安和街道"),
        ("桃园里小区", "东湖街道"),
    }


def test_a_file_is_checked_shown_and_taken_in(officer, cast):
    brought = bring(officer, ["春和社区", "柳荫里小区", "柳荫路 1 号"], ["春和社区", "春和苑小区", "学校路 20 号"])
    page = officer.get(page_of(brought)).content.decode()
    assert "学校路 18 号" in page
    assert "学校路 20 号" in page
    answer = officer.post(page_of(brought, "take-in"), {"seen": brought.outcome})
    assert answer["Location"] == page_of(brought)
    assert Estate.objects.get(name="柳荫里小区").community == cast.community
    brought.refresh_from_db()
    assert (brought.state, brought.settled_by) == (ImportState.APPLIED, cast.sun)


def test_a_second_press_takes_nothing_in_twice(officer):
    brought = bring(officer, ["春和社区", "柳荫里小区", ""], ["春和社区", "春和苑小区", "学校路 20 号"])
    for _press in range(2):
        answer = officer.post(page_of(brought, "take-in"), {"seen": brought.outcome}, follow=True)
        assert answer.status_code == 200
    assert Estate.objects.get(name="春和苑小区").version == 2


def test_bad_rows_are_shown_and_come_back_to_be_mended(officer):
    brought = bring(officer, ["春和社区", "柳荫里小区", ""], ["桃园社区", "桃园外小区", "=路"])
    page = officer.get(page_of(brought)).content.decode()
    assert "桃园社区" in page
    rows = rows_of(officer.get(page_of(brought, "bad-rows")).content)
    assert rows[0][:3] == tuple(headings(REGISTERS["estate"], *COLUMNS))
    assert len(rows) == 2
    assert rows[1][0] == "桃园社区"
    assert "桃园社区" in rows[1][3]


def test_the_mended_rows_can_be_brought_as_they_were_downloaded(officer):
    brought = bring(officer, ["桃园社区", "桃园外小区", "+路"])
    head, bad = rows_of(officer.get(page_of(brought, "bad-rows")).content)
    answer = officer.post(LIST + "import/", {"file": upload(xlsx([head, ["春和社区", *bad[1:]]]))})
    mended = RegisterImport.objects.latest("pk")
    assert answer["Location"] == page_of(mended)
    officer.post(page_of(mended, "take-in"), {"seen": mended.outcome})
    assert Estate.objects.get(name="桃园外小区").address == "+路"


def test_put_aside_it_stays_with_what_was_found(officer):
    brought = bring(officer, ["春和社区", "柳荫里小区", ""])
    officer.post(page_of(brought, "put-aside"))
    assert 'name="seen"' not in officer.get(page_of(brought)).content.decode()
    officer.post(page_of(brought, "take-in"), {"seen": brought.outcome})
    assert not Estate.objects.filter(name="柳荫里小区").exists()


def test_a_file_that_is_no_register_is_answered_in_the_form(officer):
    answer = officer.post(LIST + "import/", {"file": upload(xlsx([["什么"], ["都没有"]]))})
    assert answer.status_code == 200
    assert "什么" in str(answer.context["form"].errors["file"])
    assert not RegisterImport.objects.exists()


def test_no_file_at_all_is_answered_in_the_form(officer):
    assert officer.post(LIST + "import/", {}).context["form"].errors["file"]


@pytest.mark.parametrize("verb", ["change", "history", "file", "bad-rows"])
def test_an_import_of_another_street_does_not_exist(cast, officer, verb):
    brought = bring(officer, ["桃园社区", "桃园外小区", ""])
    assert officer.get(page_of(brought, verb)).status_code == 200
    assert client_of(cast.strange_officer).get(page_of(brought, verb)).status_code == 404


@pytest.mark.parametrize("verb", ["take-in", "put-aside"])
def test_nobody_settles_an_import_of_another_street(cast, officer, verb):
    brought = bring(officer, ["春和社区", "柳荫里小区", ""])
    answer = client_of(cast.strange_officer).post(page_of(brought, verb), {"seen": brought.outcome})
    assert answer.status_code == 404
    brought.refresh_from_db()
    assert brought.state == ImportState.CHECKED


@pytest.mark.parametrize("verb", ["take-in", "put-aside"])
def test_an_import_is_settled_by_a_press_only(officer, verb):
    brought = bring(officer, ["春和社区", "柳荫里小区", ""])
    assert officer.get(page_of(brought, verb)).status_code == 404
    brought.refresh_from_db()
    assert brought.state == ImportState.CHECKED


def test_an_administrator_says_which_street_the_file_is_for(cast):
    browser = client_of(cast.administrator)
    file = of("estate", COLUMNS, ["桃园社区", "桃园外小区", ""])
    answer = browser.post(LIST + "import/", {"file": upload(file)})
    assert answer.context["form"].errors["subdistrict"]
    street = cast.strange_community.subdistrict
    brought = bring(browser, ["桃园社区", "桃园外小区", ""], subdistrict=street.pk)
    assert (brought.subdistrict, brought.bad_rows) == (street, 0)


def test_an_officer_can_not_bring_a_file_for_another_street(cast, officer):
    brought = bring(officer, ["春和社区", "柳荫里小区", ""], subdistrict=cast.strange_community.subdistrict_id)
    assert brought.subdistrict == cast.subdistrict


def test_the_template_is_explained_and_its_example_is_not_taken_in(officer):
    from tests.governance.imports.workbooks import opened

    template = officer.get(LIST + "template/").content
    assert len(opened(template).sheetnames) == 2
    head, example = rows_of(template)
    assert head[:2] == tuple(headings(REGISTERS["estate"], "community", "name"))
    assert example[1] == "春和苑小区"
    answer = officer.post(
        LIST + "import/", {"file": upload(xlsx([head, example, ["春和社区", "柳荫里小区", "", "", ""]]))}
    )
    brought = RegisterImport.objects.latest("pk")
    assert answer["Location"] == page_of(brought)
    assert (brought.new_rows, brought.changed_rows, brought.unchanged_rows, brought.bad_rows) == (1, 0, 0, 0)


def test_what_waits_names_the_imports_with_errors(cast, officer):
    bring(officer, ["春和社区", "柳荫里小区", ""])
    bad = bring(officer, ["桃园社区", "桃园外小区", ""])
    page = officer.get("/console/")
    address = reverse("admin:governance_registerimport_changelist") + "?state__exact=checked"
    assert [item.count for item in page.context["items"] if item.url == address] == [1]
    assert not [i for i in client_of(cast.strange_officer).get("/console/").context["items"] if i.url == address]
    officer.post(page_of(bad, "put-aside"))
    assert not [item for item in officer.get("/console/").context["items"] if item.url == address]


@pytest.mark.parametrize(("code", "status"), [("estate", 200), ("partymember", 404)])
def test_a_file_with_peoples_names_goes_back_to_nobody_else(cast, officer, code, status):
    colleague = cast.zhao
    roles.grant(colleague, Role.STREET_OFFICER, cast.subdistrict, actor="test", at=LONG_AGO)
    row = {
        "estate": (COLUMNS, ["桃园社区", "桃园外小区", ""]),
        "partymember": (("community", "number", "full_name", "kind"), ["桃园社区", "0001", "王小明", "resident"]),
    }
    names, cells = row[code]
    brought = bring(officer, cells, code=code, names=names)
    for verb in ("file", "bad-rows"):
        assert officer.get(page_of(brought, verb)).status_code == 200
        assert client_of(colleague).get(page_of(brought, verb)).status_code == status
    assert client_of(colleague).get(page_of(brought)).status_code == 200


@pytest.mark.parametrize("rows", [1, 40])
def test_an_imports_page_asks_as_often_for_many_rows_as_for_few(cast, officer, rows, django_assert_max_num_queries):
    brought = bring(officer, *(["桃园社区", f"桃园{number}小区", ""] for number in range(rows)))
    with django_assert_max_num_queries(12):
        page = officer.get(page_of(brought) + "?page=99999999999999999999")
    assert page.content.decode().count("<tr>") == (2 if rows == 1 else 11)


@pytest.mark.parametrize("verb", ["export", "import", "template"])
@pytest.mark.parametrize("who", ["wu", "zheng", "li", "strange_worker"])
def test_nobody_else_gets_at_the_files(cast, who, verb):
    assert client_of(getattr(cast, who)).get(LIST + f"{verb}/").status_code == 404


@pytest.mark.parametrize("who", ["sun", "administrator"])
@pytest.mark.parametrize("code", REGISTERS)
def test_every_register_that_has_a_sheet_offers_it(cast, who, code):
    PartyBranch.objects.create(name="云溪区委", kind="committee", district=cast.subdistrict.district)
    browser = client_of(getattr(cast, who))
    for verb in ("", "export/", "import/", "template/"):
        assert browser.get(f"/console/governance/{code}/{verb}").status_code == 200, verb
    assert f"/console/governance/{code}/import/" in browser.get(f"/console/governance/{code}/").content.decode()
