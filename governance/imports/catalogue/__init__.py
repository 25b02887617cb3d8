"""The registers that can be brought in and given out as XLSX, and their columns."""

from governance.imports.catalogue.bodies import Bodies, CommitteeTerms, Managements
from governance.imports.catalogue.party import Branches, Joinings, JointUnits
from governance.imports.catalogue.people import Members, Memberships, Registrations
from governance.imports.catalogue.places import Buildings, Communities, Estates, GridUnits, Units
from governance.imports.register import Register

REGISTERS: dict[str, Register] = {
    register.code: register
    for register in (
        Communities(),
        Estates(),
        GridUnits(),
        Buildings(),
        Units(),
        Bodies(),
        Managements(),
        CommitteeTerms(),
        Branches(),
        JointUnits(),
        Joinings(),
        Members(),
        Memberships(),
        Registrations(),
    )
}
