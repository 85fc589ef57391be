-- What other modules may read of who belongs to a team: those who work here now.
CREATE VIEW team_member_card AS
    SELECT team_member.team_id AS team_id, team_member.staff_id AS staff_id
      FROM team_member JOIN staff ON staff.id = team_member.staff_id WHERE staff.state = 'active';
